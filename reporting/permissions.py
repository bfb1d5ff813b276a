"""Who may see figures, and of what: supervisors, staff, and the administrators of groups."""

from agents.models import Agent
from core.errors import NotAllowed
from interactions.actions import locking

from .scope import EVERYTHING, Scope

REFUSED = "Reports are for supervisors and administrators."
WHOLE = "This tells of the whole site, and your figures are those of your groups. Ask an administrator of the site."


def scope_of(user) -> Scope | None:
    """Whoever administers groups sees those; None: nothing at all."""
    if not user.is_authenticated or not user.is_active:
        return None
    if user.is_superuser:
        return EVERYTHING
    if groups := frozenset(user.administered_groups.values_list("pk", flat=True)):
        return Scope(groups)
    return EVERYTHING if user.is_staff or Agent.objects.filter(user=user, supervisor=True).exists() else None


def may_report(user) -> bool:
    return scope_of(user) is not None


def sees_everything(user) -> bool:
    return scope_of(user) == EVERYTHING


def require(user, session: str | None) -> Scope:
    """Of what they may see figures. Raises NotAllowed; behind a locked workspace nothing is shown either."""
    scope = scope_of(user)
    if scope is None:
        raise NotAllowed(message=REFUSED)
    if session and locking.is_locked(session):
        raise NotAllowed("locked", locking.LOCKED)
    return scope
