"""What the journal tells of voice calls about interactions: a fold over the events of a call, without any I/O."""

from collections.abc import Iterable
from uuid import UUID

from interactions.states import CallState

from .folding import Told
from .models import CallFact
from .quarters import quarter_of

NAMED = "call."  # how events of calls are


def fold_call(subject: UUID, events: Iterable[Told]) -> CallFact | None:
    """The fact of one call; none of a call in which nobody heard the other, or that was about no interaction."""
    found = None
    for event in events:
        for row in event.data.get("facts", {}).get("calls", ()):
            if found is None and row["state"] == CallState.ACTIVE and row["about"]:
                about = {name: UUID(row[name]) for name in ("caller", "callee")}
                about |= {"interaction": UUID(row["about"]), "at": event.at, "quarter": quarter_of(event.at)}
                found = CallFact(id=subject, **about)
            elif found is not None and found.ended_at is None and row["state"] == CallState.ENDED:
                found.ended_at = event.at
    return found
