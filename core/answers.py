"""How refusals look over HTTP: `{code, message, detail}`; pages answer in plain words."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from .errors import ParleyError, TooMany

log = logging.getLogger("parley.http")

RETRY_SECONDS = 5
AWAY = "The database is away. Nothing was changed; try again in a moment."
FAILED = "The server could not do this."
CODES = {
    "parse_error": "invalid",
    "not_authenticated": "not_signed_in",
    "authentication_failed": "not_signed_in",
    "permission_denied": "not_allowed",
}


def exception_handler(exc, context):
    """DRF's hook: every error of the API has the one shape."""
    if isinstance(exc, ParleyError):
        set_rollback()
        headers = {"Retry-After": str(exc.seconds)} if isinstance(exc, TooMany) else None
        return Response(body(exc.code, exc.message, exc.detail), status=exc.status, headers=headers)
    if isinstance(exc, exceptions.ValidationError):
        return Response(body("invalid", "Some values were not accepted.", _plain(exc.detail)), status=400)
    response = drf_handler(exc, context)
    if response is not None:
        response.data = body(_code(exc), _words(exc, response), {})
    return response


def body(code: str, message: str, detail=None) -> dict:
    return {"code": code, "message": message, "detail": detail or {}}


def _code(exc) -> str:
    code = getattr(exc, "default_code", "not_found")
    return CODES.get(code, code)


def _words(exc, response) -> str:
    if isinstance(exc, exceptions.NotAuthenticated):
        return "Log in first."
    if isinstance(exc, exceptions.Throttled) and exc.wait:
        return f"Too many requests from this address. Try again in {round(exc.wait)} seconds."
    data = response.data
    return str(data.get("detail", "")) if isinstance(data, dict) else str(data)


def _plain(detail) -> dict:
    return detail if isinstance(detail, dict) else {"errors": detail}


# --- outside of the API's views ---------------------------------------------------------------


def away(request, exception) -> HttpResponse | None:
    """503 with Retry-After if the exception means that the database is away, else None."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return None
    log.warning("%s %s met no database: %s", request.method, request.path, type(exception.__cause__ or exception))
    return _plainly(request, 503, "unavailable", AWAY, {"Retry-After": str(RETRY_SECONDS)})


def not_found(request, exception=None) -> HttpResponse:
    """404 for addresses that do not exist."""
    if _is_api(request):
        return _plainly(request, 404, "not_found", "There is no such address.")
    return defaults.page_not_found(request, exception)


def failed(request) -> HttpResponse:
    """500; and 503 where the database went away outside of a view, e.g. while a session was kept."""
    found = away(request, sys.exc_info()[1])
    return found or _plainly(request, 500, "failed", FAILED)


def _plainly(request, status: int, code: str, words: str, headers=None) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(body(code, words), status=status, headers=headers)
    return HttpResponse(words, status=status, headers=headers, content_type="text/plain; charset=utf-8")


def _is_api(request) -> bool:
    return request.path.startswith("/api/")
