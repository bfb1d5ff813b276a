"""How refusals look over HTTP: `{code, message, detail}`."""

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from .errors import ParleyError


def exception_handler(exc, context):
    """DRF's hook: every error of the API has the one shape."""
    if isinstance(exc, ParleyError):
        set_rollback()
        return Response(body(exc.code, exc.message, exc.detail), status=exc.status)
    if isinstance(exc, exceptions.ValidationError):
        return Response(body("invalid", "Some values were not accepted.", _plain(exc.detail)), status=400)
    response = drf_handler(exc, context)
    if response is not None:
        response.data = body(_code(exc), _words(response), {})
    return response


def body(code: str, message: str, detail=None) -> dict:
    return {"code": code, "message": message, "detail": detail or {}}


def _code(exc) -> str:
    return getattr(exc, "default_code", None) or "not_found"


def _words(response) -> str:
    data = response.data
    return str(data.get("detail", "")) if isinstance(data, dict) else str(data)


def _plain(detail) -> dict:
    return detail if isinstance(detail, dict) else {"errors": detail}
