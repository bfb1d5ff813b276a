"""What holds for every request."""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse

from .answers import body

RETRY_SECONDS = 5


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
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        words = "The database is away. Nothing was changed; try again in a moment."
        headers = {"Retry-After": str(RETRY_SECONDS)}
        if request.path.startswith("/api/"):
            return JsonResponse(body("unavailable", words), status=503, headers=headers)
        return HttpResponse(words, status=503, headers=headers, content_type="text/plain; charset=utf-8")
