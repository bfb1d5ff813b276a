"""What holds for every request."""

from inspect import iscoroutine

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

from . import answers

NOTHING = "camera=(), display-capture=(), geolocation=(), microphone=()"


class FewPermissions:
    """No page may use what it has no use for; one that does says so itself."""

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        answer = self.get_response(request)
        return self._later(answer) if iscoroutine(answer) else _limited(answer)

    async def _later(self, answer):
        return _limited(await answer)


def _limited(response):
    response.headers.setdefault("Permissions-Policy", NOTHING)
    return response


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
