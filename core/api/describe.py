"""What the published schema says about each call; answers as named JSON Schemas, made from their very types."""

import msgspec
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from msgspec import Struct

TEMPLATE = "#/components/schemas/{name}"
WORDS = {
    400: "Some values were not accepted; `detail` names them (`invalid`).",
    401: "Nobody is signed in, or the token is missing (`not_signed_in`).",
    403: "You may never do this (`not_allowed`, `not_owner`), the workspace is `locked`, the CSRF token is missing, "
    "or the API token has not the scope (`scope_missing`, `no_token`).",
    404: "It does not exist, or you may not know of it (`not_found`).",
    413: "The request is too big (`too_big`).",
    429: "Too often; Retry-After says when to come again (`throttled`).",
    503: "The database is away; Retry-After says when to come again (`unavailable`).",
}
_published: dict[str, type] = {}


class Empty(Struct):
    """Done; there is nothing to say."""


class Error(Struct):
    """Every refusal. `code` is for programs, `message` for people, `detail` holds what helps to go on."""

    code: str
    message: str
    detail: dict


REFUSED = {"message": "Here stands, for people, why and what to do.", "detail": {}}
CODES = {400: "invalid", 401: "not_signed_in", 403: "not_allowed", 404: "not_found", 413: "too_big", 429: "throttled"}


def described(
    id: str,
    tag: str,
    answer: type,
    *,
    status=200,
    errors=(),
    body=None,
    query=None,
    conflicts=(),
    files=(),
    sent=None,
    answered=None,
):
    """Describe a call. `errors`: statuses beside the usual ones. `files`: types of files that it can answer with.

    `sent` and `answered`: examples of what goes there and back.
    """
    usual = {503, *({400} if body or query else ()), *({413} if body else ())}
    responses = {status: OpenApiResponse(ref(answer), description=_first_line(answer))}
    responses |= {code: OpenApiResponse(ref(Error), description=WORDS[code]) for code in sorted(usual | set(errors))}
    if conflicts:
        words = ", ".join(f"`{code}`" for code in conflicts)
        responses[409] = OpenApiResponse(ref(Error), description=f"Not in the present state: {words}.")
    for kind in files:
        responses[status, kind] = OpenApiResponse(bytes, description=_first_line(answer))
    parameters = [query] if query else []
    known = {code: {"code": CODES.get(code, "unavailable"), **REFUSED} for code in sorted(usual | set(errors))}
    known |= {409: {"code": conflicts[0], **REFUSED}} if conflicts else {}
    known |= {} if answered is None else {status: answered}
    examples = [
        OpenApiExample(f"{id}_{code}", value=value, response_only=True, status_codes=[str(code)])
        for code, value in known.items()
    ]
    examples += [] if sent is None else [OpenApiExample(id, value=sent, request_only=True)]
    about = {"request": body, "parameters": parameters, "responses": responses, "examples": examples}
    return extend_schema(operation_id=id, tags=[tag], **about)


def _first_line(answer: type) -> str:
    return (answer.__doc__ or "").strip().split("\n")[0]


def publish(*answers: type) -> tuple[type, ...]:
    """These types stand in the document under their names."""
    for answer in answers:
        assert _published.setdefault(answer.__name__, answer) is answer, f"two answers are called {answer.__name__}"
    return answers


def ref(answer: type) -> dict:
    """The answer's schema by name."""
    publish(answer)
    return {"$ref": TEMPLATE.format(name=answer.__name__)}


def add_components(result: dict, **_) -> dict:
    """drf-spectacular's hook: puts the named schemas beside those of the forms."""
    answers = [_published[name] for name in sorted(_published)]
    _refs, parts = msgspec.json.schema_components(answers, ref_template=TEMPLATE)
    bodies = result["components"]["schemas"]
    assert not (both := bodies.keys() & parts.keys()), f"a body and an answer are both called {both}"
    bodies.update(parts)
    return result


class SessionCookieScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.base.SessionCookie"
    name = "agentSession"

    def get_security_definition(self, auto_schema):
        words = "The session cookie of `/login/`. What changes something also sends the header `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}
