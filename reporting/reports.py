"""The reports: which figures each has, by what it can be split and narrowed, and what its picture shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from django.db.models import Aggregate, Model, Q, Sum

from agents.status import Status, words

from . import sums
from .figures import Figure, average, count, mean, share, time
from .models import StatusSum, WaitFact
from .sums import HIGH, INTERACTIONS, OUTCOMES, REQUESTS, SEGMENTS, SURVEYS, WAITS, Kept

THRESHOLD = 20
NO_OUTCOME = "No outcome"
VIA = {
    "route": "From the queue",
    "conference": "Conference",
    "consult": "Consultation",
    "transfer": "Transfer",
    "returned": "Came back",
}


@dataclass(frozen=True)
class Split:
    """By what the rows of a report are told apart. `named`: of what kind its id is; else `label` makes words."""

    key: str
    name: str
    columns: tuple[str, ...]
    named: str = ""
    label: Callable[..., str] = str


QUEUE = Split("queue", "Queue", ("queue",), named="queue")
AGENT = Split("agent", "Agent", ("agent",), named="agent")
POINT = Split("point", "Routing point", ("point",), named="point")
KIND = Split("kind", "Kind", ("kind",), label=lambda kind: VIA.get(kind, kind.capitalize()))
BEGAN = Split("via", "How it began", ("via",), label=lambda via: VIA.get(via, via.capitalize()))
TARGET = Split("type", "Kind of target", ("type",), label=lambda type: type.replace("_", " ").capitalize())
LABEL = Split("label", "Outcome", ("label",), label=lambda label: label or NO_OUTCOME)
QUESTION = Split("label", "Question", ("label",))
ANSWER = Split("answer", "Answer", ("label", "answer"), label="{}: {}".format)
STATUS = Split("status", "Status", ("status", "reason"), label=lambda status, reason: words(status, reason or None))


@dataclass(frozen=True)
class Source:
    """A table of sums. `values`: how its rows become one. `greatest`: those of which the largest counts."""

    table: type[Model]
    values: dict[str, Aggregate]
    greatest: frozenset = frozenset()
    where: Q = field(default_factory=Q)
    live: bool = False  # what is still going on is added


def _kept(kept: Kept) -> Source:
    return Source(kept.sums, {name: kept.again(name) for name in kept.values}, kept.greatest)


def _spent(*statuses: Status) -> Aggregate:
    return Sum("spent", filter=Q(status__in=statuses), default=0)


ON = [status for status in Status if status != Status.LOGGED_OFF]
CHAT = Q(channel="chat")
STATUSES = Source(
    StatusSum,
    {**{str(status): _spent(status) for status in ON}, "logged_in": _spent(*ON)},
    where=CHAT,
    live=True,
)


Parts = dict[str, tuple[Figure, ...]]


def whole(*figures: Figure) -> Parts:
    return {"": figures}


@dataclass(frozen=True)
class Report:
    """`parts`: a table each on the page, by the words above it; files and the API have their figures side by side.

    `picture`: figures of which nothing counts in two, for its bars stand one on the other.
    """

    key: str
    title: str
    about: str
    sources: tuple[Source, ...]
    facts: type[Model] | None
    splits: tuple[Split, ...]
    filters: tuple[str, ...]
    parts: Parts
    picture: tuple[str, ...]

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(chain.from_iterable(self.parts.values()))

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The sums that its figures are made of, each once."""
        return tuple(dict.fromkeys(name for figure in self.figures for name in figure.needs))

    def figure(self, key: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.key == key), None)

    def split(self, key: str) -> Split | None:
        return next((split for split in self.splits if split.key == key), None)


def _in_line(**more) -> Q:
    return Q(offline=False, **more)


QUEUES = Report(
    "queues",
    "Queues",
    "How long contacts wait in each queue, and how it ends. A wait counts in the interval in which it began.",
    (_kept(WAITS),),
    WaitFact,
    (QUEUE,),
    ("queue",),
    whole(
        count("offered", "Offered", "Waits of contacts that began in the queue, messages left aside.", _in_line()),
        count(
            "answered",
            "Answered",
            "Waits that ended because an agent accepted, of this queue or of one that it overflowed to.",
            _in_line(outcome=WaitFact.ANSWERED),
        ),
        count(
            "abandoned",
            "Abandoned",
            "Waits that ended because the contact left or did not come back in time.",
            _in_line(outcome=WaitFact.ABANDONED),
        ),
        count(
            "to_message",
            "Left a message",
            "Waits that ended because the contact left a message instead.",
            _in_line(outcome=WaitFact.MESSAGE),
        ),
        count(
            "otherwise",
            "Ended otherwise",
            "Waits that ended in another way, e.g. because a lost agent came back to the chat.",
            _in_line(outcome=WaitFact.OTHER),
        ),
        count("overflowed", "Overflowed", "Of the answered: those that agents of another queue took."),
        share(
            "service_level",
            "Service level",
            "Waits answered within the threshold, divided by all that were answered or abandoned.",
            "within",
            "answered",
            "abandoned",
        ),
        share("abandon_rate", "Abandonment", "Abandoned, divided by offered.", "abandoned", "offered"),
        mean(
            "answer_wait",
            "Average wait, answered",
            "Waiting time of the answered, divided by their number.",
            "answer_wait",
            "answered",
        ),
        mean(
            "abandon_wait",
            "Average wait, abandoned",
            "Waiting time of the abandoned, divided by their number.",
            "abandon_wait",
            "abandoned",
        ),
        time("longest", "Longest wait", "The longest wait that is over, however it ended."),
        count("messages", "Messages", "Messages that came into the queue.", Q(offline=True)),
        count(
            "messages_taken",
            "Messages taken",
            "Of the messages: those that an agent took.",
            Q(offline=True, outcome=WaitFact.ANSWERED),
        ),
    ),
    ("answered", "abandoned", "to_message"),
)
CHATS = Report(
    "interactions",
    "Interactions",
    "What came, and how it went. An interaction counts in the interval in which it began, with its first queue.",
    (_kept(INTERACTIONS),),
    INTERACTIONS.facts,
    (POINT, QUEUE),
    ("point", "queue"),
    whole(
        count("started", "Started", "Interactions that began, messages included.", Q()),
        count("messages", "Messages", "Of these: messages left instead of a chat.", Q(offline=True)),
        count("reached", "Reached an agent", "Interactions that at least one agent joined.", Q(waited__isnull=False)),
        count("ended", "Ended", "Interactions that are over.", Q(ended_at__isnull=False)),
        count("closed", "Closed by an agent", "Ended by an agent's End.", Q(cause="end")),
        count("left", "Contact left", "Ended because the contact left.", Q(cause="left")),
        count("gone", "Contact lost", "Ended because the contact did not come back in time.", Q(cause="grace")),
        count("idle", "Closed as idle", "Ended because the contact owed an answer for too long.", Q(cause="idle")),
        count(
            "conferences",
            "With a conference",
            "Interactions in which two agents or more served the contact at the same time.",
            Q(conference=True),
        ),
        count(
            "consulted",
            "With a consultation",
            "Interactions in which an agent consulted another.",
            Q(consultations__gt=0),
        ),
        count("transferred", "Transferred", "Interactions with a transfer that was accepted.", Q(transfers__gt=0)),
        mean(
            "first_wait",
            "Average time to the first agent",
            "From the beginning until the first agent joined, over those reached.",
            "first_wait",
            "reached",
        ),
        mean(
            "duration", "Average duration", "From the beginning to the end, over those that ended.", "duration", "ended"
        ),
    ),
    ("started",),
)

HANDLING: Parts = {
    "Handling": (
        count("segments", "Segments", "Stretches of work that began: an agent joined, or was consulted.", Q()),
        count("handled", "Handled", "Segments whose agent has left the chat.", Q(left_at__isnull=False)),
        mean("handling", "Average handling", "From joining to leaving, over the handled.", "handling", "handled"),
        mean("wrap_up", "Average wrap-up", "From leaving to Mark Done, over those done.", "wrap_up", "done"),
        time("handling_total", "Handling", "Time from joining to leaving, of the handled, added up.", "handling"),
        share(
            "conference_share",
            "In conference",
            "Handling during which another agent served the contact, too, divided by all handling.",
            "conference",
            "handling",
        ),
        share(
            "consultation_share",
            "In consultation",
            "Handling during which the agent consulted somebody or was consulted, divided by all handling.",
            "consultation",
            "handling",
        ),
        time(
            "call_time",
            "Call time",
            "Handling during which the agent spoke in a call about the chat, added up.",
            "call",
        ),
        share("call_share", "In calls", "Call time, divided by all handling.", "call", "handling"),
    ),
    "Answers and endings": (
        mean(
            "first_response",
            "First response",
            "From joining to the agent's first line, over segments that began from the queue and have such a line.",
            "first",
            "firsts",
        ),
        count("replies", "Answers", "Lines of the agent that were the first after one of the contact."),
        mean(
            "response",
            "Average response",
            "From the contact's first unanswered line, or the agent's joining if that was later, to the answer.",
            "reply_time",
            "replies",
        ),
        count("lost", "Lost", "Segments that ended because the agent's connection was lost.", Q(cause="lost")),
        count(
            "by_system",
            "Closed by Parley",
            "Segments that nobody marked done, consultations aside.",
            Q(by_system=True) & sums.SEATED,
        ),
    ),
}
WORK = Report(
    "segments",
    "Segments",
    "The stretches of work of agents. A segment counts, with all its time, in the interval in which it began.",
    (_kept(SEGMENTS),),
    SEGMENTS.facts,
    (BEGAN, QUEUE, AGENT),
    ("queue", "agent", "group", "via"),
    HANDLING,
    ("segments",),
)
PEOPLE = Report(
    "agents",
    "Agents",
    "Who was there, and what they handled. Times in a status count where they were spent, a segment where it began.",
    (_kept(SEGMENTS), STATUSES),
    SEGMENTS.facts,
    (AGENT,),
    ("agent", "group"),
    {
        "Time in each status": (
            time("logged_in", "Logged in", "Time in any status on chat but Logged Off, up to now."),
            time("ready", "Ready", "Time Ready for chat, up to now."),
            time("not_ready", "Not Ready", "Time Not Ready for chat, whatever the reason, up to now."),
            time("after_call_work", "After Call Work", "Time in After Call Work, up to now."),
            time("do_not_disturb", "Do Not Disturb", "Time in Do Not Disturb, up to now."),
        ),
        **HANDLING,
    },
    ("ready", "not_ready", "after_call_work", "do_not_disturb"),
)
TIMES = Report(
    "statuses",
    "Status times",
    "How long agents were in which status on chat, and why. Times count where they were spent, up to now.",
    (STATUSES,),
    None,
    (STATUS, AGENT),
    ("agent", "group"),
    whole(
        time("spent", "Time", "Time in the status, up to now. Logged off is not counted.", "logged_in"),
        time("ready", "Of it Ready", "Time Ready for chat, up to now."),
    ),
    ("spent",),
)
RESULTS = Report(
    "dispositions",
    "Dispositions",
    "The outcomes of segments marked done, as they stood then. They count in the interval in which the segment began.",
    (_kept(OUTCOMES),),
    OUTCOMES.facts,
    (LABEL, QUEUE, AGENT),
    ("queue", "agent", "group", "label"),
    whole(count("chosen", "Chosen", "Times that the code was chosen; a segment may have several.", Q())),
    ("chosen",),
)
ASKED = Report(
    "requests",
    "Conferences and transfers",
    "What agents asked of colleagues: conferences, consultations, transfers. Counts in the interval of the request.",
    (_kept(REQUESTS),),
    REQUESTS.facts,
    (KIND, TARGET, AGENT),
    ("agent", "group", "kind", "type"),
    whole(
        count("asked", "Asked", "Requests that were made.", Q()),
        count("accepted", "Accepted", "Requests that somebody accepted.", Q(state="accepted")),
        count("rejected", "Rejected", "Requests that whom they named rejected.", Q(state="rejected")),
        count("expired", "Expired", "Requests that nobody answered in time.", Q(state="expired")),
        count("cancelled", "Cancelled", "Requests that were taken back by an agent.", Q(state="cancelled")),
        count("withdrawn", "Withdrawn", "Requests that ended with the chat, or with who asked.", Q(state="revoked")),
        share("acceptance", "Acceptance", "Accepted, divided by asked.", "accepted", "asked"),
        mean(
            "taken", "Average time to accept", "From the request to the accept, over the accepted.", "taken", "accepted"
        ),
    ),
    ("accepted", "rejected", "expired", "cancelled", "withdrawn"),
)
SAID = Report(
    "surveys",
    "Surveys",
    "What contacts answered when their chats were over, by question. Answers count in the interval in which they were "
    "given, for the agent who had the chat last and its queue. What contacts wrote in their own words is not counted.",
    (_kept(SURVEYS),),
    SURVEYS.facts,
    (QUESTION, ANSWER, QUEUE, AGENT),
    ("queue", "agent", "group", "label"),
    whole(
        count("answers", "Answers", "Questions that were answered, ratings and choices.", Q()),
        count("rated", "Ratings", "Of them ratings, from 1 to 5.", Q(rating__isnull=False)),
        average("rating", "Average rating", "The sum of the ratings, divided by their number.", "points", "rated"),
        count("high", "Content", f"Ratings of {HIGH} or 5.", Q(rating__gte=HIGH)),
        share("content", "Share of content", f"Ratings of {HIGH} or 5, divided by ratings.", "high", "rated"),
    ),
    ("answers",),
)

ALL = {report.key: report for report in (QUEUES, CHATS, WORK, PEOPLE, TIMES, RESULTS, ASKED, SAID)}
THRESHOLDS = sums.THRESHOLDS
