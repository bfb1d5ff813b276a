"""The refusals that actions raise, and how they look over HTTP: `{code, message, detail}`."""

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback


class ParleyError(Exception):
    """A refusal: `code` for programs, `message` for people, `detail` for what helps to go on."""

    status = 400
    code = "invalid"

    def __init__(self, code: str = "", message: str = "", **detail):
        self.code = code or self.code
        self.message = message or self.code.replace("_", " ").capitalize() + "."
        self.detail = detail
        super().__init__(f"{self.code}: {self.message}")


class Invalid(ParleyError):
    """The request itself is wrong."""


class NotSignedIn(ParleyError):
    status = 401
    code = "not_signed_in"


class NotAllowed(ParleyError):
    """The actor may never do this."""

    status = 403
    code = "not_allowed"


class NotFound(ParleyError):
    """It does not exist, or the actor may not know of it."""

    status = 404
    code = "not_found"


class Conflict(ParleyError):
    """It cannot be done in the present state."""

    status = 409
    code = "conflict"


def exception_handler(exc, context):
    """DRF's hook: every error of the API has the one shape."""
    if isinstance(exc, ParleyError):
        set_rollback()
        return Response(body(exc.code, exc.message, exc.detail), status=exc.status)
    if isinstance(exc, exceptions.ValidationError):
        return Response(body("invalid", "Some values were not accepted.", _plain(exc.detail)), status=400)
    from rest_framework.views import exception_handler as drf_handler

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
