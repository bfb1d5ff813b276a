"""Privileges: which verbs a role allows, with which kinds of target, and what holds for one agent. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowed


class Privilege(StrEnum):
    """What an agent may do, in the words of commands."""

    USE_CHAT = "use_chat"
    REJECT = "reject"
    END = "end"
    CONFERENCE = "conference"
    REMOVE_PARTY = "remove_party"
    CONSULT_CHAT = "consult_chat"
    CONSULT_VOICE = "consult_voice"
    CONSULT_IM = "consult_im"
    TRANSFER = "transfer"
    CALL = "call"
    INSTANT_MESSAGE = "instant_message"
    MAIL = "mail"
    READ_HISTORY = "read_history"


KINDS = {
    "agent": "agents",
    "group": "agent groups",
    "skill": "skills",
    "queue": "queues",
    "routing_point": "routing points",
}

# What is allowed by kind of target, and under which name; all media of consultation together.
FAMILIES = {
    Privilege.CONFERENCE: "conference",
    Privilege.CONSULT_CHAT: "consult",
    Privilege.CONSULT_VOICE: "consult",
    Privilege.CONSULT_IM: "consult",
    Privilege.TRANSFER: "transfer",
}

# "You may not ...". {kind}: the kind of target, else "anybody".
WORDS = {
    Privilege.USE_CHAT: "take chats",
    Privilege.REJECT: "reject invitations",
    Privilege.END: "end a chat",
    Privilege.CONFERENCE: "invite {kind} into a chat",
    Privilege.REMOVE_PARTY: "remove agents whom others invited",
    Privilege.CONSULT_CHAT: "consult {kind} by chat",
    Privilege.CONSULT_VOICE: "consult {kind} by voice",
    Privilege.CONSULT_IM: "consult {kind} by instant message",
    Privilege.TRANSFER: "transfer a chat to {kind}",
    Privilege.CALL: "call colleagues",
    Privilege.INSTANT_MESSAGE: "send instant messages",
    Privilege.MAIL: "send e-mail",
    Privilege.READ_HISTORY: "read the contact's other chats",
}


def _each_kind(family: str, words: str) -> dict[str, str]:
    return {f"{family}.{kind}": words.format(kind=label) for kind, label in KINDS.items()}


# {story: {switch of a role: its label}}, in the order of the administration.
STORIES: dict[str, dict[str, str]] = {
    "Chats": {
        Privilege.USE_CHAT: "take chats",
        Privilege.REJECT: "reject invitations",
        Privilege.END: "end chats",
    },
    "Conference": _each_kind("conference", "invite {kind}")
    | {Privilege.REMOVE_PARTY: "remove agents whom others invited, the owner excepted"},
    "Consultation": _each_kind("consult", "consult {kind}")
    | {
        Privilege.CONSULT_CHAT: "by chat",
        Privilege.CONSULT_VOICE: "by voice",
        Privilege.CONSULT_IM: "by instant message",
    },
    "Transfer": _each_kind("transfer", "to {kind}"),
    "Colleagues": {
        Privilege.CALL: "call them",
        Privilege.INSTANT_MESSAGE: "send instant messages",
        Privilege.MAIL: "send e-mail, to contacts too",
    },
    "Contacts": {Privilege.READ_HISTORY: "read the contact's other chats"},
}
EXTRA = {Privilege.REMOVE_PARTY}  # beyond what agents may do without any role
SWITCHES = {switch: f"{story}: {label}" for story, labels in STORIES.items() for switch, label in labels.items()}
USUAL = [switch for switch in SWITCHES if switch not in EXTRA]


@dataclass(frozen=True, slots=True)
class Word:
    """One role that counts for an agent, and whose word it is: "the agent", "group Floor", "the site"."""

    source: str
    role: str
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for one agent: what any of the roles allows. Without a role what is usual."""

    words: tuple[Word, ...] = ()

    def has(self, switch: str) -> bool:
        return any(switch in word.allowed for word in self.words) if self.words else switch not in EXTRA

    def givers(self, switch: str) -> list[Word]:
        """The roles that allow it."""
        return [word for word in self.words if switch in word.allowed]

    def allows(self, privilege: Privilege, kind: str | None = None) -> bool:
        """`kind` of target; None: at least one kind."""
        family = FAMILIES.get(privilege)
        if privilege in SWITCHES and not self.has(privilege):
            return False
        return family is None or any(self.has(f"{family}.{each}") for each in ([kind] if kind else KINDS))

    @property
    def roles(self) -> str:
        """As refusals name them."""
        return " and ".join(dict.fromkeys(word.role for word in self.words)) or "no role"


def held(own: Word | None, groups: Iterable[Word], site: Word | None) -> Held:
    """The agent's own role, else those of their groups together, else the site's."""
    groups = tuple(groups)
    if own is not None:
        return Held((own,))
    return Held(groups or ((site,) if site else ()))


def refusal(agent, privilege: Privilege, kind: str | None = None) -> NotAllowed | None:
    """None, or in words what is missing and whom to ask.

    `kind`: agent, group, skill, queue or routing_point, where the privilege is given by kind of target; without it
    the question is whether any kind is allowed. Reads the agent's roles once for each loaded agent, no more.
    """
    if agent.held.allows(privilege, kind):
        return None
    doing = WORDS[privilege].format(kind=KINDS[kind] if kind else "anybody")
    return NotAllowed(message=f"You may not {doing}: {agent.held.roles} does not allow it. Ask an administrator.")
