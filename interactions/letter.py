"""The transcript as its contact gets it by e-mail: the lines that they could read, as plain text in their language."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import formats, translation
from django.utils.timezone import get_default_timezone, get_default_timezone_name, localtime

from routing.wording import fill

from . import transcript
from .frames import Line
from .models import Interaction, Message
from .models.lane import PUBLIC
from .transcript.text import without_controls

SUBJECT_LIMIT = 150
AT_ONCE = 500
IN_ENGLISH = "F j, Y"  # that of the pages is one for tables
BESIDE = " " * 7  # as wide as a time: what somebody wrote never begins where a line of the transcript does


def subject(interaction: Interaction) -> str:
    """One line, with the chat's reference behind it."""
    words = fill(interaction.wording.transcript["subject"], {"title": _title(interaction)})
    return f"{' '.join(without_controls(words).split())[:SUBJECT_LIMIT]} [{interaction.reference}]"


def text(interaction: Interaction) -> str:
    """All lines with who wrote them and when, by the site's clock."""
    with translation.override(interaction.language):
        return "\n".join([*_head(interaction), *_days(interaction)]) + "\n"


def _head(interaction: Interaction) -> list[str]:
    words = interaction.wording.transcript
    told = {"title": _title(interaction), "reference": interaction.reference, "zone": get_default_timezone_name()}
    return [fill(words[key], told) for key in ("subject", "about")]


def _days(interaction: Interaction) -> Iterator[str]:
    names, day = dict(interaction.parties.values_list("id", "nickname")), None
    for line in _readable(interaction):
        at = localtime(line.at, get_default_timezone())
        if at.date() != day:
            day = at.date()
            yield from ("", _date(day), "")
        yield from _said(line, names, at)


def _said(line: Line, names: dict, at: datetime) -> list[str]:
    spoken = f"{names[line.party]}: {line.text}" if line.kind == Message.TEXT else f"* {line.text}"
    first, *more = spoken.splitlines() or [""]
    return [f"{at:%H:%M}  {first}", *(BESIDE + row for row in more)]


def _readable(interaction: Interaction) -> Iterator[Line]:
    """What the contact's page reads, by the same way: nothing else can come into it."""
    author, after, more = transcript.Author(interaction.id), 0, True
    while more:
        lines, more = transcript.page(author, lane=PUBLIC, after=after, limit=AT_ONCE)
        yield from lines
        after = lines[-1].number if lines else after


def _date(day: date) -> str:
    return formats.date_format(day, IN_ENGLISH if translation.get_language().startswith("en") else "DATE_FORMAT")


def _title(interaction: Interaction) -> str:
    return interaction.wording.say("title", title=interaction.routing_point.title)
