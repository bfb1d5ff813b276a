"""What the window of a chat is called: a template with names in curly brackets. Pure but for what it raises."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

NAMES = ("contact", "queue", "routing_point")
LONGEST = 80
NAME = re.compile(r"\{([^{}]*)\}")
KEY = re.compile(r"[a-z][a-z0-9_]*")
BETWEEN = " ,;:|/-–—·"


def written(template: str, values: Mapping[str, str]) -> str:
    """The title, in one line. With a name that has no value goes what the template has before it."""
    *pieces, end = NAME.split(template)
    title, value = "", None
    for before, name in zip(pieces[::2], pieces[1::2], strict=True):
        if value == "":
            before = before.lstrip(")]")
        value = str(values.get(name) or "")
        if value:
            title += (before if title else before.lstrip(BETWEEN)) + value
    return " ".join((title + end if value else title).split())


def keys(template: str) -> list[str]:
    """The fields that it names, beside what every chat has."""
    return [name for name in NAME.findall(template) if name not in NAMES]


def mistake(template: str) -> str | None:
    """What is wrong with it, in words."""
    names = NAME.findall(template)
    odd = next((name for name in names if not KEY.fullmatch(name)), None)
    if odd is not None:
        return f"“{{{odd}}}” is no name. Write {{contact}}, {{queue}}, {{routing_point}}, or the key of a field."
    if set("{}") & set(NAME.sub("", template)):
        return "A curly bracket stands alone. They are for names only, e.g. {contact}."
    return None if names else "It has no name, so all chats would be called the same. Write e.g. {contact}."


def validate(template: str) -> None:
    """For a column. Raises ValidationError."""
    if wrong := mistake(template):
        raise ValidationError(wrong)
