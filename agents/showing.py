"""How options look in the administration, on the pages of every level: fields by topic, and what is in force."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from .options import OPTIONS, SILENCE, Effective, at

ABOUT = {
    SILENCE: "The clock stands still while the contact waits in the line, types or is away, and while an invitation "
    "is open."
}


def in_topics(level: str) -> list[tuple]:
    """Fieldsets of the options that may be set at this level, in the order in which they are declared."""
    topics = dict.fromkeys(OPTIONS[name].topic for name in at(level))
    return [(topic, {"fields": at(level, topic), "description": ABOUT.get(topic, "")}) for topic in topics]


def table(held: Iterable[tuple[str, Effective | None]]) -> str:
    """Option, value in force, and whose word it is; None where agent, group and site say."""
    rows = ((capfirst(OPTIONS[name].label), *_words(name, one)) for name, one in held)
    body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
    return format_html(
        "<table><caption>{}</caption><tbody>{}</tbody></table>", "What holds, and whose word it is", body
    )


def _words(name: str, one: Effective | None) -> tuple[str, str]:
    return (OPTIONS[name].words(one.value), one.source) if one else ("differs", "as each agent, group or the site says")
