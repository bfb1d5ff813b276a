"""What the published schema says about each call."""

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema

from .shapes import Error, ref

WORDS = {
    400: "Some values were not accepted; `detail` names them (`invalid`).",
    401: "Nobody is signed in, or the token is missing (`not_signed_in`).",
    403: "You may never do this (`not_allowed`, `not_owner`), the workspace is `locked`, or the CSRF token is missing.",
    404: "It does not exist, or you may not know of it (`not_found`).",
    413: "The request is too big (`too_big`).",
    429: "Too often; Retry-After says when to come again (`throttled`).",
    503: "The database is away; Retry-After says when to come again (`unavailable`).",
}


def for_agents(id: str, answer: type, *, status=200, errors=(), **kwargs):
    """Describe a call of the workspace. `errors`: statuses beside the usual ones."""
    return _described(id, "agents", answer, status, {401, 403, *errors}, **kwargs)


def for_contacts(id: str, answer: type, *, status=200, errors=(401, 404), **kwargs):
    """Describe a call of the contact's page."""
    return _described(id, "contacts", answer, status, set(errors), **kwargs)


def _described(id, tag, answer, status, errors, *, body=None, query=None, conflicts=()):
    usual = {503, *({400} if body or query else ()), *({413} if body else ())}
    responses = {status: OpenApiResponse(ref(answer), description=_first_line(answer))}
    responses |= {code: OpenApiResponse(ref(Error), description=WORDS[code]) for code in sorted(usual | errors)}
    if conflicts:
        words = ", ".join(f"`{code}`" for code in conflicts)
        responses[409] = OpenApiResponse(ref(Error), description=f"Not in the present state: {words}.")
    parameters = [query] if query else []
    return extend_schema(operation_id=id, tags=[tag], request=body, parameters=parameters, responses=responses)


def _first_line(answer: type) -> str:
    return (answer.__doc__ or "").strip().split("\n")[0]


class AgentSessionScheme(OpenApiAuthenticationExtension):
    target_class = "interactions.api.base.AgentSession"
    name = "agentSession"

    def get_security_definition(self, auto_schema):
        words = "The session cookie of `/login/`. What changes something also sends the header `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}


class ContactTokenScheme(OpenApiAuthenticationExtension):
    target_class = "interactions.api.base.ContactToken"
    name = "contactToken"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "The `token` of the start; it opens one chat only."}
