"""What contacts read: the texts that a site may word itself, and the page's own words, in each language. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from . import de, en

LANGUAGES = {"en": "English", "de": "Deutsch"}
DEFAULT = "en"
TEXTS = {"en": en.TEXTS, "de": de.TEXTS}
PAGE = {"en": en.PAGE, "de": de.PAGE}
TRANSCRIPT = {"en": en.TRANSCRIPT, "de": de.TRANSCRIPT}
LIMIT = 300
ORDER = ((True, True), (True, False), (False, True), (False, False))  # (of the queue, of the language): first wins

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a site may word itself. `names`: the placeholders it may have."""

    label: str
    names: tuple[str, ...] = ()


AGENT = ("agent", "department", "introduction")
KEYS = {
    "title": Text("Title of the page", ("title",)),
    "welcome": Text("Above the form, while somebody is there"),
    "unstaffed": Text("Nobody of the queue is logged in"),
    "closed": Text("Outside of the opening hours"),
    "opens": Text("After it, where the next opening is known", ("next_opening",)),
    "waiting": Text("Beside the place in the line"),
    "offer": Text("When a message is offered instead of waiting"),
    "message_left": Text("When a message was left"),
    "joined": Text("Line: an agent joined", AGENT),
    "left": Text("Line: an agent left, another stays", ("agent", "department", "colleague")),
    "passed": Text("Line: the agent passed the chat to another", ("agent", "department", "colleague")),
    "transferred": Text("Line: the agent transferred the chat to another", ("agent", "department", "colleague")),
    "passing": Text(
        "Line: the agent transferred the chat to a queue, the contact waits again", ("agent", "department")
    ),
    "passing_message": Text("Line: the agent passed the chat on as a message", ("agent", "department")),
    "lost": Text("Line: the only agent was lost, the contact waits again", ("agent", "department")),
    "lost_stays": Text("Line: an agent was lost, another stays", ("agent", "department", "colleague")),
    "back": Text("Line: the agent who was lost is back", AGENT),
    "warning": Text("Line: the contact owes an answer, the chat will close", ("contact", "seconds")),
    "idle": Text("Line: the chat closed because nobody wrote"),
    "closing": Text("Line: the agent ended the chat", ("agent", "department")),
    "contact_left": Text("Line: the contact left", ("contact",)),
    "contact_gone": Text("Line: the contact did not come back", ("contact",)),
}


class Wording:
    """The words for one queue and language. `own`: what the site wrote, first wins."""

    def __init__(self, language: str, own: Sequence[Mapping[str, str]] = ()):
        self.language = language if language in LANGUAGES else DEFAULT
        self._own = own

    @cached_property
    def page(self) -> Mapping[str, str]:
        """The page's own words, as they are."""
        return PAGE[self.language]

    @property
    def transcript(self) -> Mapping[str, str]:
        """Of the chat by e-mail: what stands around its lines, and why it is not sent."""
        return TRANSCRIPT[self.language]

    def template(self, key: str) -> str:
        written = (words[key] for words in self._own if words.get(key))
        return next(written, TEXTS[self.language][key])

    def say(self, key: str, **names) -> str:
        """The text with its names. What stands in a name is no placeholder."""
        return fill(self.template(key), names)


def fill(template: str, names: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda match: str(names.get(match[1], match[0])), template)


def mistake(key: str, template: str) -> str | None:
    """What is wrong with a text that somebody wrote, in words."""
    names = KEYS[key].names
    known = f"It can have {_listed(names)}." if names else "It has none."
    for name in _PLACEHOLDER.findall(template):
        if name not in names:
            return f"There is no placeholder {{{name}}} in this text. {known}"
    if set("{}") & set(_PLACEHOLDER.sub("", template)):
        return f"Curly brackets are for placeholders only. {known}"
    return None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def preferred(accepted: str, own: str = "") -> str:
    """The page's language: the routing point's own, else the first that the browser accepts, else English.

    `accepted`: the header Accept-Language, e.g. "de-CH, en;q=0.8".
    """
    if own in LANGUAGES:
        return own
    ranked = sorted(_ranges(accepted), key=lambda each: -each[1])
    return next((tag for tag, weight in ranked if weight > 0 and tag in LANGUAGES), DEFAULT)


def _ranges(accepted: str):
    """(primary tag, weight) of each range, in the order in which they stand."""
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";")
        yield tag.partition("-")[0].strip().lower(), _weight(weight)


def _weight(given: str) -> float:
    name, _, value = given.replace(" ", "").partition("=")
    try:
        return min(1.0, max(0.0, float(value))) if name == "q" else 1.0
    except ValueError:
        return 0.0
