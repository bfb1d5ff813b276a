"""What all views share: what they may be sent, how answers look, who is signed in."""

import msgspec
from django.utils.functional import cached_property
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from core.clock import now
from core.errors import TooBig

BODY_LIMIT = 64 * 1024


class StrictJson(BaseParser):
    """The body, read as strictly as the sockets read frames: bounded, UTF-8, no lone surrogates, no endless depth."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        data = stream.read(BODY_LIMIT + 1)
        if len(data) > BODY_LIMIT:
            raise TooBig(message=f"A request has at most {BODY_LIMIT} bytes.")
        try:
            return msgspec.json.decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise ParseError("The request is not valid JSON.") from None


class SessionCookie(SessionAuthentication):
    """The session cookie with CSRF; answers 401 where nobody is signed in."""

    def authenticate_header(self, request):
        return "Session"


class View(APIView):
    """Answers with snapshots (msgspec) or plain values."""

    parser_classes = (StrictJson,)
    http_method_names = ("get", "head", "post", "put", "delete")

    def finalize_response(self, request, response, *args, **kwargs):
        """What a chat holds stays in no cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def checked(self, form, data=None) -> dict:
        """The request's body (or the given data) as the form's values. Raises 400."""
        given = form(data=self.request.data if data is None else data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    @cached_property
    def now(self):
        return now()

    def answer(self, value, status=200) -> Response:
        return Response(msgspec.to_builtins(value), status=status)
