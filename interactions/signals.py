"""What two browsers tell each other to speak directly: passed on between the two tabs of a live call, never kept."""

from uuid import UUID

from core import realtime
from core.errors import Conflict, NotFound, TooMany
from core.intake import Allowance
from core.realtime import Post

from .events import encode
from .frames import SignalFrame
from .models import Call
from .states import CallState

PER_SECOND, BURST = 5, 40
TALKING = (CallState.CONNECTING, CallState.ACTIVE)


def allowance() -> Allowance:
    """How much one socket may pass on."""
    return Allowance(PER_SECOND, BURST)


def forward(call_id: UUID, agent_id: UUID, tab: str, data: str, left: Allowance) -> None:
    """To the tab at the other end. Raises NotFound, Conflict `no_longer_available`, TooMany."""
    if not left.spend():
        raise TooMany(1, "Too much was sent for this call.")
    call = Call.objects.select_related("caller", "callee").filter(pk=call_id).first()
    if call is None or agent_id not in (call.caller_id, call.callee_id):
        raise NotFound(message="There is no such call.")
    if call.state not in TALKING or call.tab_of(agent_id) != tab:
        raise Conflict("no_longer_available", "This tab carries no such call.")
    other = call.callee if agent_id == call.caller_id else call.caller
    frame = encode(SignalFrame(call.id, data))
    realtime.publish([Post((other.holder,), frame, tab=call.tab_of(other.pk))])
