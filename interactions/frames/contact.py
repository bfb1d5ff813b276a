"""A chat as its contact sees it: nothing here names what agents keep among themselves."""

from typing import Literal
from uuid import UUID

from msgspec import Struct


class ContactAgent(Struct):
    """Whoever is or was in the chat. `connection` ended: they left.

    `seen`: how far they read; `delivered`: how far it arrived.
    """

    party: UUID
    nickname: str
    group: str
    connection: Literal["connected", "away", "ended"]
    seen: int
    delivered: int


class ContactTexts(Struct):
    """In the words of the chat's queue and the contact's language. `offer`: of a message instead of waiting."""

    title: str
    waiting: str
    unstaffed: str
    offer: str
    message: str


class SurveyAsks(Struct):
    """One question. `choices`: of a rating "1" to "5", of a choice its answers, none of a text."""

    key: str
    text: str
    kind: Literal["rating", "choice", "text"]
    choices: list[str]
    required: bool


class SurveyView(Struct):
    """What the contact is asked now that the chat is over. Once answered it has no questions, and `thanks`."""

    id: UUID
    title: str
    questions: list[SurveyAsks]
    thanks: str


class ContactTranscript(Struct):
    """The chat by e-mail. `address`: the one that the contact gave; `left`: so many more can be sent.

    `to`, `state`: of the last one that was asked for. `queued`: it is on its way.
    """

    address: str
    left: int
    to: str | None
    state: Literal["queued", "sent", "failed"] | None


class ContactView(Struct):
    """The chat as the contact may see it. Nothing internal has a field here. `offline`: it is a message they left.

    `message_offered`: they wait long, and may leave a message instead. `survey`: null while the chat goes on, and where
    nothing is asked. `transcript`: null where the chat is not offered by e-mail.
    """

    id: UUID
    state: Literal["waiting", "active", "ended"]
    offline: bool
    public_version: int
    number: int
    me: UUID
    name: str
    agents: list[ContactAgent]
    text_limit: int
    texts: ContactTexts
    message_offered: bool
    survey: SurveyView | None
    transcript: ContactTranscript | None
