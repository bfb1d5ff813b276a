"""Notices of typing: many and fleeting, so they are gathered, and of what somebody says twice only the last is told."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from core import realtime
from core.batches import Batches
from core.errors import ParleyError
from core.realtime import Post
from interactions.frames import Typing
from interactions.models import Lane
from interactions.models.lane import PUBLIC

from .author import Author
from .batch import encode
from .members import Members
from .statements import Member, Statements, statements

COUNTS = timedelta(seconds=5)


class Notice(NamedTuple):
    """Somebody types, or has stopped."""

    author: Author
    lane: str
    on: bool
    now: datetime


def typing(author: Author, *, lane: str, on: bool, now: datetime) -> None:
    """Tell the lane's other readers. The idle clock waits for who types. Raises NotFound, Conflict."""
    [outcome] = tell([Notice(author, lane, on, now)])
    if outcome:
        raise outcome


async def tell_typing(author: Author, *, lane: str, on: bool, now: datetime) -> None:
    """As `typing`, from the loop, together with what others tell meanwhile."""
    await notices.add(Notice(author, lane, on, now))


def tell(notices: list[Notice]) -> list[ParleyError | None]:
    """Each notice's refusal, if there is one."""
    sql = statements()
    members = Members(sql, {sql.key(notice.author.interaction) for notice in notices})
    outcomes: list[ParleyError | None] = []
    latest: dict[tuple[Author, str], tuple[Notice, Member]] = {}
    for notice in notices:
        try:
            latest[notice.author, notice.lane] = notice, members.writer(_who(sql, notice), notice.lane)
            outcomes.append(None)
        except ParleyError as refusal:
            outcomes.append(refusal)
    _not_quiet([(notice, member.lane_id) for notice, member in latest.values() if notice.on and notice.lane == PUBLIC])
    realtime.publish([_post(notice, member, members) for notice, member in latest.values()])
    return outcomes


def _not_quiet(typed: list[tuple[Notice, int]]) -> None:
    """Whoever types is not idle. A lane that somebody holds is left alone: its clock is about to be set anyway."""
    if not typed:
        return
    now = max(notice.now for notice, _ in typed)
    due = Lane.objects.filter(pk__in={lane for _, lane in typed}, quiet_since__lt=now - COUNTS)
    if due.exists():
        with transaction.atomic():
            free = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
            Lane.objects.filter(pk__in=free).update(quiet_since=now, warned_at=None)


def _post(notice: Notice, member: Member, members: Members) -> Post:
    readers = members.groups(member.interaction, notice.lane)
    frame = Typing(notice.author.interaction, notice.lane, members.uuid(member), notice.on)
    return Post(tuple(group for group in readers if group != members.group(member)), encode(frame))


def _who(sql: Statements, notice: Notice) -> tuple:
    interaction, agent = notice.author
    return sql.key(interaction), agent and sql.key(agent)


notices = Batches(tell, name="typing")
