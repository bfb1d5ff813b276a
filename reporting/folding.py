"""What the journal of one interaction tells, as facts: a fold over its events in their order, without any I/O.

Facts carry the ids of the rows they are about; one that is told twice counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from interactions.replies import elapsed
from interactions.states import Invited

from .models import CallFact, InteractionFact, OutcomeFact, RequestFact, SegmentFact, SurveyFact, WaitFact
from .quarters import quarter_of

CONSULTANT = "consultant"
ROUTE, CONFERENCE, CONSULT, TRANSFER, RETURNED = VIA = ("route", "conference", "consult", "transfer", "returned")
Stretch = tuple[datetime, datetime | None]  # from, and until where it is over
GONE = ("left", "grace")  # causes of an end that are the contact's


class Told(NamedTuple):
    """What a fold needs of an event."""

    subject: UUID
    name: str
    at: datetime
    data: dict


@dataclass
class Facts:
    """Of one interaction, or of several together."""

    interactions: list[InteractionFact] = field(default_factory=list)
    waits: list[WaitFact] = field(default_factory=list)
    segments: list[SegmentFact] = field(default_factory=list)
    requests: list[RequestFact] = field(default_factory=list)
    outcomes: list[OutcomeFact] = field(default_factory=list)
    answers: list[SurveyFact] = field(default_factory=list)

    def add(self, other: "Facts") -> None:
        for name in vars(self):
            getattr(self, name).extend(getattr(other, name))

    def rows(self) -> Iterable[list]:
        return vars(self).values()


def fold(subject: UUID, events: Iterable[Told], calls: Iterable[CallFact] = ()) -> Facts:
    """The facts of one interaction, which these calls were about; none of a subject that is no interaction."""
    history = _History(subject, list(calls))
    for event in events:
        history.take(event)
    return history.facts()


class _History:
    def __init__(self, subject: UUID, calls: list[CallFact]):
        self.subject, self.chat, self.calls = subject, None, calls
        self.waits: list[WaitFact] = []
        self.segments: dict[UUID, SegmentFact] = {}
        self.requests: dict[UUID, RequestFact] = {}
        self.answers: list[SurveyFact] = []
        self.owner: UUID | None = None  # the party of the last one
        self.codes: dict[UUID, list[str]] = {}
        self.asked_by: dict[UUID, UUID] = {}  # {party of a consultant: party of who consults them}
        self.places: dict[UUID, WaitFact] = {}  # {invitation: the wait that it is}

    def take(self, event: Told) -> None:
        told, at = event.data.get("facts", {}), event.at
        self._changed(event)
        if "came" in told and self.chat is None:
            self._came(told["came"], at)
        if self.chat is None:
            return
        for row in told.get("invited", ()):
            self._invited(row, at)
        via = [self._answered(row, told, at) for row in told.get("answered", ())]
        for row in told.get("joined", ()):
            self._joined(row, next(filter(None, via), RETURNED), at)
        for row in told.get("left", ()):
            self._left(row, at)
        for row in told.get("done", ()):
            self._done(row, at)
        self.owner = _id(told.get("owner")) or self.owner
        if event.name == "message.left":
            self._left_message(at)
        if event.name == "survey.answered":
            self._answered_survey(event.data, at)
        if "cause" in told and self.chat.ended_at is None:
            self.chat.ended_at, self.chat.cause = at, told["cause"]
            self.chat.duration = elapsed(self.chat.at, at)

    def _changed(self, event: Told) -> None:
        """What actions tell beside facts: what was asked becomes something else, a chat becomes a message."""
        request = self.requests.get(_id(event.data.get("invitation")))
        if request is not None and event.name == "invitation.changed":
            request.kind = event.data["kind"]
        if self.chat is not None and event.data.get("as_message"):
            self.chat.offline = True

    def _came(self, told: dict, at: datetime) -> None:
        about = {"point": _id(told["point"]), "queue": _id(told["queue"]), "offline": told["offline"]}
        self.chat = InteractionFact(id=self.subject, at=at, quarter=quarter_of(at), **about)

    def _invited(self, row: dict, at: datetime) -> None:
        id = _id(row["invitation"])
        if row["kind"] == ROUTE and id not in self.places:
            self._wait(id, _id(row["queue"]), at, self.chat.offline)
        if id not in self.requests and (row["kind"] != ROUTE or row["by"]):
            kind = TRANSFER if row["kind"] == ROUTE else row["kind"]  # an agent sent the contact to the queue
            about = {"kind": kind, "type": row["type"], "target": _id(row["target"]), "agent": self._who(row)}
            fact = RequestFact(id=id, interaction=self.subject, at=at, quarter=quarter_of(at), **about)
            self.requests[id] = fact

    def _wait(self, invitation: UUID, queue: UUID | None, at: datetime, offline: bool) -> None:
        about = {"interaction": self.subject, "queue": queue, "offline": offline}
        self.places[invitation] = WaitFact(at=at, quarter=quarter_of(at), **about)
        self.waits.append(self.places[invitation])

    def _who(self, row: dict) -> UUID | None:
        asker = self.segments.get(_id(row["by"]))
        return asker and asker.agent

    def _answered(self, row: dict, told: dict, at: datetime) -> str | None:
        """The kind of what was accepted."""
        id, state = _id(row["invitation"]), row["state"]
        if id in self.places:
            self._out_of_line(self.places[id], row, told, at)
        request = self.requests.get(id)
        if request is not None and request.ended_at is None:
            request.state, request.ended_at = state, at
            request.taken = elapsed(request.at, at) if state == Invited.ACCEPTED else None
        if state != Invited.ACCEPTED:
            return None
        return ROUTE if id in self.places else request and request.kind

    def _out_of_line(self, wait: WaitFact, row: dict, told: dict, at: datetime) -> None:
        if wait.ended_at is not None:
            return
        if row["state"] == Invited.ACCEPTED:
            outcome = WaitFact.ANSWERED
            wait.through = _id(row["through"])
            wait.agent = next((_id(joined["agent"]) for joined in told.get("joined", ())), None)
        else:
            outcome = WaitFact.ABANDONED if told.get("cause") in GONE else WaitFact.OTHER
        self._end(wait, outcome, at)

    def _end(self, wait: WaitFact, outcome: str, at: datetime) -> None:
        wait.outcome, wait.ended_at, wait.waited = outcome, at, elapsed(wait.at, at)

    def _left_message(self, at: datetime) -> None:
        """The contact waits no longer; what they left keeps the place."""
        for invitation, wait in list(self.places.items()):
            if wait.ended_at is None and not wait.offline:
                self._end(wait, WaitFact.MESSAGE, at)
                self._wait(invitation, wait.queue, at, True)
        self.chat.offline = True

    def _answered_survey(self, told: dict, at: datetime) -> None:
        said = [(key, str(rating), rating) for key, rating in told["ratings"].items()]
        said += [(key, chosen, None) for key, chosen in told["choices"].items()]
        about = {"interaction": self.subject, "at": at, "quarter": quarter_of(at)}
        for key, words, rating in said:
            self.answers.append(SurveyFact(label=f"{told['title']}: {key}", answer=words, rating=rating, **about))

    def _joined(self, row: dict, via: str, at: datetime) -> None:
        party = _id(row["party"])
        if party in self.segments:
            return
        consulted = row["kind"] == CONSULTANT
        about = {"interaction": self.subject, "agent": _id(row["agent"]), "via": CONSULT if consulted else via}
        self.segments[party] = SegmentFact(id=party, at=at, quarter=quarter_of(at), **about)
        if consulted:
            self.asked_by[party] = _id(row["by"])
        elif self.chat.waited is None:
            self.chat.waited = elapsed(self.chat.at, at)

    def _left(self, row: dict, at: datetime) -> None:
        segment = self.segments.get(_id(row["party"]))
        if segment is None or segment.left_at is not None:
            return
        segment.left_at, segment.cause, segment.queue = at, row["cause"], _id(row["queue"])
        segment.handling = elapsed(segment.at, at)
        segment.first, segment.replies, segment.reply_time = row["first"], row["replies"], row["reply_time"]

    def _done(self, row: dict, at: datetime) -> None:
        segment = self.segments.get(_id(row["party"]))
        if segment is None or segment.done_at is not None:
            return
        segment.done_at, segment.by_system = at, row["by_system"]
        segment.wrap_up = elapsed(segment.left_at or at, at)
        if segment.via != CONSULT:
            self.codes[segment.id] = row["codes"] or [""]

    # --- the whole ----------------------------------------------------------------------------

    def facts(self) -> Facts:
        if self.chat is None:
            return Facts()
        seated = [segment for segment in self.segments.values() if segment.via != CONSULT]
        for segment in self.segments.values():
            self._share(segment, seated)
        requests, chat = list(self.requests.values()), self.chat
        chat.agents = len({segment.agent for segment in seated})
        chat.conference = any(
            _overlap(_stay(one), _stay(other)) for one in seated for other in seated if one is not other
        )
        chat.consultations = len(self.segments) - len(seated)
        chat.transfers = sum(1 for row in requests if row.kind == TRANSFER and row.state == Invited.ACCEPTED)
        outcomes = [self._outcome(segment, code) for segment in seated for code in self.codes.get(segment.id, ())]
        self._credit(self.segments.get(self.owner))
        return Facts([chat], self.waits, list(self.segments.values()), requests, outcomes, self.answers)

    def _credit(self, last: SegmentFact | None) -> None:
        """What contacts say of a chat goes to its last owner."""
        for said in self.answers:
            said.agent, said.queue = (last.agent, last.queue) if last else (None, self.chat.queue)

    def _share(self, segment: SegmentFact, seated: list[SegmentFact]) -> None:
        """How much of the handling went on in company, in consultations, in calls: once it is over."""
        if segment.left_at is None:
            return
        spoken = [call for call in self.calls if segment.agent in (call.caller, call.callee)]
        segment.call = _beside(segment, [(call.at, call.ended_at) for call in spoken])
        if segment.via == CONSULT:
            segment.consultation = segment.handling
            return
        others = [_stay(other) for other in seated if other is not segment]
        mine = [_stay(one) for party, one in self.segments.items() if self.asked_by.get(party) == segment.id]
        segment.conference, segment.consultation = _beside(segment, others), _beside(segment, mine)

    def _outcome(self, segment: SegmentFact, label: str) -> OutcomeFact:
        about = {"interaction": self.subject, "segment": segment.id, "agent": segment.agent, "queue": segment.queue}
        return OutcomeFact(at=segment.at, quarter=segment.quarter, label=label, **about)


def _stay(segment: SegmentFact) -> Stretch:
    return segment.at, segment.left_at


def _overlap(one: Stretch, other: Stretch) -> tuple[datetime, datetime] | None:
    """The time that both went on, one of them over or not."""
    start = max(one[0], other[0])
    ends = [end for _, end in (one, other) if end is not None]
    return (start, min(ends)) if ends and start < min(ends) else (start, start) if not ends else None


def _beside(segment: SegmentFact, others: list[Stretch]) -> int:
    """Milliseconds of a segment that is over in which at least one of the others went on, too."""
    total, until = 0, segment.at
    for start, end in sorted(filter(None, (_overlap(_stay(segment), other) for other in others))):
        total += elapsed(max(start, until), end)
        until = max(until, end)
    return total


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
