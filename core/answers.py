"""How refusals look over HTTP: `{code, message, detail}`; pages answer in plain words."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from .errors import ParleyError, TooMany

log = logging.getLogger("parley.http")

RETRY_SECONDS = 5
AWAY = "The database is away. Nothing was changed; try again in a moment."
FAILED = "The server could not do this. Nothing was half done; if it happens again, tell your administrator."
STALE = "You signed in or out since it was opened, or cookies are off. Nothing was changed; load it again."
NOT_FOUND = "The address may be mistyped, or what was here is gone."
CONTACTS = "/chat/"
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
    answer = _said(request, 503, "unavailable", "One moment", AWAY, again=True)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def wrong(request, exception=None) -> HttpResponse:
    """400 for requests that no page sends."""
    return _said(request, 400, "invalid", "This was not understood", "Nothing was changed. Go back and try again.")


def refused(request, exception=None) -> HttpResponse:
    """403 for pages that are somebody else's."""
    return _said(request, 403, "not_allowed", "This page is not for you", "An administrator can give you access.")


def stale(request, reason="") -> HttpResponse:
    """403 for a form whose page is older than the session, or that comes from another site."""
    return _said(request, 403, "not_allowed", "This page was too old", STALE, again=True)


def not_found(request, exception=None) -> HttpResponse:
    """404 for addresses that do not exist."""
    if _is_api(request):
        return _said(request, 404, "not_found", "", "There is no such address.")
    return _said(request, 404, "not_found", "There is nothing here", NOT_FOUND)


def failed(request) -> HttpResponse:
    """500; and 503 where the database went away outside of a view, e.g. while a session was kept."""
    found = away(request, sys.exc_info()[1])
    return found or _said(request, 500, "failed", "Something went wrong", FAILED, again=True)


def _said(request, status: int, code: str, title: str, words: str, again: bool = False) -> HttpResponse:
    """To programs as JSON, to people as a page; contacts read nothing of the workspace."""
    if _is_api(request):
        return JsonResponse(body(code, words), status=status)
    inside = not request.path.startswith(CONTACTS)
    page = {"status": status, "title": title, "words": words, "inside": inside}
    page["again"] = request.get_full_path() if again else ""
    try:
        return HttpResponse(render_to_string("failure.html", page), status=status)
    except Exception:
        log.exception("the page that tells of a failure failed")
        return HttpResponse(f"{title}. {words}", status=status, content_type="text/plain; charset=utf-8")


def _is_api(request) -> bool:
    return request.path.startswith("/api/")
