"""What the published schema says about this app's calls."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.api.describe import described

from .examples import ANSWERS, BODIES


def for_agents(id: str, answer: type, *, errors=(), **kwargs):
    """Describe a call of the workspace. `errors`: statuses beside the usual ones."""
    return described(id, "agents", answer, errors={401, 403, 429, *errors}, **_examples(answer, kwargs))


def for_contacts(id: str, answer: type, *, errors=(401, 404), **kwargs):
    """Describe a call of the contact's page."""
    return described(id, "contacts", answer, errors=errors, **_examples(answer, kwargs))


def _examples(answer: type, given: dict) -> dict:
    return given | {"sent": BODIES.get(given.get("body")), "answered": ANSWERS.get(answer)}


class ContactTokenScheme(OpenApiAuthenticationExtension):
    target_class = "interactions.api.base.ContactToken"
    name = "contactToken"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "The `token` of the start; it opens one chat only."}
