"""How programs come in: `Authorization: Bearer parley_...`, beside the session cookie of people."""

from datetime import datetime

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from core import rates
from core.errors import NotAllowed, TooMany
from core.models import ApiToken
from core.scopes import NoToken, Scope

from .base import SessionCookie, View

UNKNOWN = "This token is unknown, expired or revoked. An administrator can issue another."
READING = ("GET", "HEAD")
MINUTE = 60


class BearerToken(BaseAuthentication):
    """The token's owner is who asks; what they may, the program may, within the token's scopes."""

    def authenticate(self, request):
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = ApiToken.authenticate(secret.strip(), request.parser_context["view"].now)
        if token is None:
            raise AuthenticationFailed(UNKNOWN)
        return token.owner, token

    def authenticate_header(self, request):
        return "Bearer"


class OpenView(View):
    """A call for people and programs. `reads`, `writes`: the scope that a token needs, or why none will do."""

    authentication_classes = (BearerToken, SessionCookie)
    reads: Scope | NoToken | None = None
    writes: Scope | NoToken | None = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.token is not None:
            _slow_down(self.token, self.now)
            _require(self.token, self.scope_of(request.method))

    @classmethod
    def scope_of(cls, method: str) -> Scope | NoToken | None:
        return cls.reads if method in READING else cls.writes

    @property
    def token(self) -> ApiToken | None:
        """None where a person asks."""
        return self.request.auth if isinstance(self.request.auth, ApiToken) else None

    @property
    def session(self) -> str:
        """The session of the person who asks; a program has none."""
        return "" if self.token else self.request.session.session_key or ""


def _require(token: ApiToken, scope) -> None:
    if not isinstance(scope, Scope):
        raise NotAllowed("no_token", str(scope or "No token can be used here."))
    if scope not in token.scopes:
        words = f"This token lacks the scope {scope} ({scope.words}). An administrator can issue one that has it."
        raise NotAllowed("scope_missing", words, scope=scope)


def _slow_down(token: ApiToken, now: datetime) -> None:
    """So many calls in each minute of the clock."""
    minute, second = divmod(int(now.timestamp()), MINUTE)
    key = f"token:{token.pk}:{minute}"
    if rates.tried(key) >= settings.TOKEN_RATE:
        words = f"This token made {settings.TOKEN_RATE} calls within a minute. Try again in {MINUTE - second} seconds."
        raise TooMany(MINUTE - second, words)
    rates.count(key, MINUTE)


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.tokens.BearerToken"
    name = "apiToken"

    def get_security_requirement(self, auto_schema):
        """With the scope that this call needs; nothing where no token will do."""
        scope = auto_schema.view.scope_of(auto_schema.method)
        return {self.name: [str(scope)]} if isinstance(scope, Scope) else None

    def get_security_definition(self, auto_schema):
        words = "An API token, issued by an administrator: it does what its owner may, within its scopes."
        return {"type": "http", "scheme": "bearer", "description": words}
