"""Every option, declared once: type, default, limits, help, who may set it, how several groups agree. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import titles

OFF, PREVIEW, AT_ONCE = "off", "preview", "at_once"
AUTO_ANSWERS = {OFF: "Off: agents accept", PREVIEW: "After a preview", AT_ONCE: "At once, without a preview"}

SITE, GROUP, AGENT, QUEUE = "site", "group", "agent", "queue"
PEOPLE = (SITE, GROUP, AGENT)
LINES = (SITE, QUEUE)
ANYWHERE = (SITE, GROUP, AGENT, QUEUE)
SMALL, LARGE = 32_767, 2_147_483_647  # what a column holds


def _least_but_never(values: Iterable[int]) -> int:
    """0 is never, so it is the longest."""
    return min((value for value in values if value), default=0)


def _most_careful(ways: Iterable[str]) -> str:
    return min(ways, key=list(AUTO_ANSWERS).index)


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `agree`: which value holds when several groups of an agent say something, and `agreed`: in words."""

    name: str
    topic: str
    label: str
    help: str
    default: Any
    levels: tuple[str, ...] = (SITE,)
    least: int = 0
    most: int = SMALL
    choices: dict[str, str] | None = None
    validate: Callable[[Any], None] | None = None
    agree: Callable[[Iterable], Any] = max
    agreed: str = "largest"

    @property
    def kind(self) -> type:
        return type(self.default)

    def words(self, value) -> str:
        """As administrators read it."""
        if self.kind is bool:
            return "yes" if value else "no"
        return self.choices[value] if self.choices else str(value)


SHORTEST = {"agree": min, "agreed": "shortest"}
SMALLEST = {"agree": min, "agreed": "smallest"}
NEVER_LAST = {"agree": _least_but_never, "agreed": "smallest but 0"}
ANY = {"agree": any, "agreed": "“yes”"}

WORK, WORKSPACE, INVITATIONS, LINE, SILENCE, AFTER, CHAT = (
    "Work",
    "Workspace",
    "Invitations",
    "Times of agents, in seconds",
    "When the contact owes an answer and says nothing, in seconds",
    "After a chat",
    "Chats",
)

_ALL = (
    Option("capacity", WORK, "capacity", "Chats at the same time per agent, e.g. 3.", 3, PEOPLE),
    Option(
        "over_capacity",
        WORK,
        "over capacity",
        "Slots above capacity that direct invitations may use, e.g. 1.",
        0,
        PEOPLE,
    ),
    Option(
        "unclosed_limit",
        WORK,
        "unclosed limit",
        "Unclosed chats that stop new offers, e.g. 5.",
        5,
        PEOPLE,
        least=1,
        **SMALLEST,
    ),
    Option(
        "consultation_limit",
        WORK,
        "consultations at the same time",
        "So many colleagues can consult an agent at once, beside the chats of their own, e.g. 2.",
        2,
        PEOPLE,
    ),
    Option(
        "missed_limit",
        WORK,
        "missed limit",
        "Missed invitations in a row until the channel goes Not Ready. 0: never.",
        2,
        PEOPLE,
        **NEVER_LAST,
    ),
    Option(
        "auto_after_call_work",
        AFTER,
        "After Call Work by itself",
        "Set After Call Work by itself when a Ready agent's last chat ends.",
        False,
        PEOPLE,
        **ANY,
    ),
    Option(
        "helper_close",
        AFTER,
        "helper closes after, seconds",
        "A helper's ended chat that nobody marked done closes by itself after so long.",
        1800,
        most=LARGE,
    ),
    Option(
        "owner_close",
        AFTER,
        "chat closes after, seconds",
        "An ended chat that its owner did not mark done closes by itself after so long, e.g. 3600. A required outcome "
        "that is missing is kept as “not set”. 0: never.",
        0,
        LINES,
        most=LARGE,
    ),
    Option("party_limit", CHAT, "party limit", "Parties in one chat, the contact included, e.g. 6.", 6, LINES, least=2),
    Option(
        "contact_grace",
        CHAT,
        "contact grace, seconds",
        "A contact who lost the connection may come back for so long.",
        300,
        LINES,
        most=LARGE,
    ),
    Option(
        "window_title",
        CHAT,
        "window title",
        "What a chat is called in the workspace, e.g. {contact}, {topic}. Names are contact, queue, routing_point, and "
        "the keys of the fields of the form.",
        "{contact}",
        LINES,
        validate=titles.validate,
    ),
    Option(
        "transcript_mail",
        CHAT,
        "transcript by e-mail",
        "When a chat is over its contact can have it sent to them by e-mail. Only where mail is set up.",
        True,
        LINES,
    ),
    Option(
        "consultant_accepts",
        INVITATIONS,
        "a consultant accepts again",
        "Whom one consults is asked once more before they join or take the chat. Unset: they come at once.",
        True,
    ),
    Option(
        "pool_seconds",
        INVITATIONS,
        "request ends after, seconds",
        "A request to a queue, group or skill ends after so long, e.g. 300.",
        300,
        least=10,
        most=LARGE,
    ),
    Option(
        "pool_rings",
        INVITATIONS,
        "request ends after, rings",
        "... or after it rang at so many agents, e.g. 10.",
        10,
        least=1,
    ),
    Option(
        "lock_minutes",
        WORKSPACE,
        "lock after, minutes",
        "Without input for so long a workspace asks for the password, e.g. 5. 0: never by itself.",
        0,
        PEOPLE,
        most=480,
        agree=_least_but_never,
        agreed="shortest",
    ),
    Option(
        "lock_not_ready",
        WORKSPACE,
        "Not Ready while locked",
        "Who is Ready when their last workspace locks is set Not Ready: Locked; what rings goes to others.",
        True,
        PEOPLE,
        **ANY,
    ),
    Option(
        "auto_answer",
        WORKSPACE,
        "auto answer",
        "Chats of queues are accepted by themselves where somebody is at the screen, e.g. after a preview.",
        OFF,
        ANYWHERE,
        choices=AUTO_ANSWERS,
        agree=_most_careful,
        agreed="most careful",
    ),
    Option(
        "auto_answer_delay",
        WORKSPACE,
        "preview before auto answer, seconds",
        "How long the preview stands before it is answered by itself, e.g. 5.",
        5,
        ANYWHERE,
        most=60,
        agree=max,
        agreed="longest",
    ),
    Option(
        "pending_amber",
        WORKSPACE,
        "pending response amber, seconds",
        "A contact unanswered for so long: amber, e.g. 30.",
        30,
        PEOPLE,
        **SHORTEST,
    ),
    Option(
        "pending_red",
        WORKSPACE,
        "pending response red, seconds",
        "A contact unanswered for so long: red, e.g. 60. More than amber.",
        60,
        PEOPLE,
        least=1,
        **SHORTEST,
    ),
    Option(
        "typing_timeout",
        WORKSPACE,
        "typing notice goes after, seconds",
        "“Kim is typing” goes so long after the last key, e.g. 10.",
        10,
        PEOPLE,
        least=3,
        most=120,
        agree=max,
        agreed="longest",
    ),
    Option("ring_time", LINE, "ring time", "An invitation rings at one agent for so long.", 30, LINES, least=5),
    Option(
        "last_agent_seconds",
        LINE,
        "last agent seconds",
        "Who comes back is kept for their last agent for so long, if that agent is Ready. 0: not.",
        30,
        LINES,
    ),
    Option(
        "wrap_up_limit",
        LINE,
        "wrap up limit",
        "An ended chat holds its slot until Mark Done, at most for so long.",
        120,
        LINES,
    ),
    Option(
        "after_call_tail",
        LINE,
        "after call tail",
        "After Mark Done the chat's slot stays taken for so long, e.g. 30. 0: free at once.",
        0,
        LINES,
    ),
    Option(
        "idle_warning",
        SILENCE,
        "idle warning",
        "The contact owes an answer for so long: a line warns them, e.g. 255. 0: never.",
        255,
        LINES,
        most=LARGE,
    ),
    Option(
        "idle_close",
        SILENCE,
        "idle close",
        "So long after the warning the chat closes, e.g. 45.",
        45,
        LINES,
        least=10,
        most=LARGE,
    ),
)
OPTIONS: dict[str, Option] = {option.name: option for option in _ALL}
