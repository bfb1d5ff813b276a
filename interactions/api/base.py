"""What all views share: who asks, what they may send, how answers look."""

import msgspec
from django.utils.functional import cached_property
from rest_framework import permissions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.models import Agent
from core.clock import now
from core.errors import NotAllowed, NotFound, TooBig
from interactions.actions import locking
from interactions.events import plain
from interactions.frames import FRAME_LIMIT
from interactions.models import ContactSession


class StrictJson(BaseParser):
    """The body, read as strictly as the sockets read frames: bounded, UTF-8, no lone surrogates, no endless depth."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        data = stream.read(FRAME_LIMIT + 1)
        if len(data) > FRAME_LIMIT:
            raise TooBig(message=f"A request has at most {FRAME_LIMIT} bytes.")
        try:
            return msgspec.json.decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise ParseError("The request is not valid JSON.") from None


class AgentSession(SessionAuthentication):
    """The session cookie with CSRF; answers 401 where nobody is signed in."""

    def authenticate_header(self, request):
        return "Session"


class IsAgent(permissions.BasePermission):
    """Somebody who works here, and still may."""

    message = "Only agents may do this."

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and Agent.objects.filter(user=request.user).exists())


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
        return Response(plain(value), status=status)


class AgentView(View):
    """A call of the workspace. `while_locked`: also of one that waits for the password."""

    authentication_classes = (AgentSession,)
    permission_classes = (IsAgent,)
    while_locked = False

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if not self.while_locked and locking.is_locked(self.session):
            raise NotAllowed("locked", locking.LOCKED)

    @property
    def session(self) -> str:
        return self.request.session.session_key

    @cached_property
    def agent(self) -> Agent:
        return Agent.objects.get(user=self.request.user)


class ContactToken(BaseAuthentication):
    """`Authorization: Bearer <contact token>`; the token opens one chat only."""

    def authenticate(self, request):
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        chat = request.parser_context["kwargs"]["chat"]
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationFailed("Send the chat's token.")
        interaction = ContactSession.authenticate(chat, token.strip())
        if interaction is None:
            raise NotFound(message="There is no such chat.")
        return (None, interaction)

    def authenticate_header(self, request):
        return "Bearer"


class ContactView(View):
    """A call of the contact's page; `self.interaction` is the token's."""

    authentication_classes = (ContactToken,)
    permission_classes = ()

    @property
    def interaction(self):
        return self.request.auth
