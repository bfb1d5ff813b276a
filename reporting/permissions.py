"""Who may see figures: supervisors and staff."""

from agents.models import Agent
from core.errors import NotAllowed
from interactions.actions import locking

REFUSED = "Reports are for supervisors and administrators."


def may_report(user) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_staff or Agent.objects.filter(user=user, supervisor=True).exists()


def require(user, session: str | None) -> None:
    """Raises NotAllowed; behind a locked workspace nothing is shown either."""
    if not may_report(user):
        raise NotAllowed(message=REFUSED)
    if session and locking.is_locked(session):
        raise NotAllowed("locked", locking.LOCKED)
