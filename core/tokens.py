"""API tokens are issued and revoked."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core import scopes
from core.errors import Conflict, Invalid, NotFound
from core.models import ApiToken, Event
from core.models.token import HINT, digest

LONGEST = 3650  # days that a token is given


@transaction.atomic
def issue(
    owner, *, name: str, scopes: Iterable[str], expires_at: datetime | None, by: str, now: datetime
) -> tuple[ApiToken, str]:
    """A token in the name of this user, and its secret, which is shown now and never again.

    Raises Invalid. Emits token.issued.
    """
    granted = _checked(scopes)
    if not owner.is_active:
        raise Invalid(message=f"{owner.get_username()} may not sign in, so no program may in their name.")
    if expires_at is not None and expires_at <= now:
        raise Invalid(message="It would have expired already. Choose a later moment.")
    secret = ApiToken.fresh_secret()
    kept = {"digest": digest(secret), "hint": secret[:HINT], "created_at": now, "expires_at": expires_at}
    token = ApiToken.objects.create(owner=owner, name=name, scopes=granted, **kept)
    _record(token, "token.issued", by, now)
    return token, secret


@transaction.atomic
def revoke(id, *, by: str, now: datetime) -> ApiToken:
    """It opens nothing any more, from this moment. Raises NotFound, Conflict `revoked`. Emits token.revoked."""
    token = ApiToken.lock(id)
    if token is None:
        raise NotFound(message="There is no such token.")
    if token.revoked_at is not None:
        raise Conflict("revoked", "This token was revoked already.")
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    _record(token, "token.revoked", by, now)
    return token


def _checked(given: Iterable[str]) -> list[str]:
    given = sorted(set(given))
    if unknown := [name for name in given if name not in scopes.known()]:
        raise Invalid(message=f"There is no scope {', '.join(unknown)}. There are {', '.join(scopes.known())}.")
    if not given:
        raise Invalid(message="A token without a scope opens nothing. Choose at least one.")
    return given


def _record(token: ApiToken, name: str, by: str, now: datetime) -> None:
    about = {"token": token.name, "owner": token.owner.get_username(), "scopes": token.scopes}
    Event.objects.create(subject=token.id, version=token.version, name=name, actor=by, at=now, data=about)
