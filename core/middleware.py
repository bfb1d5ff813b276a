"""What holds for every request."""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

from . import answers


class DatabaseAway:
    """A database that is away is 503 with Retry-After, never a traceback."""

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return answers.away(request, exception)
