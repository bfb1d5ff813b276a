"""Notices of typing: many and fleeting, so they are gathered, and of what somebody says twice only the last is told."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from core import realtime
from core.batches import Batches
from core.errors import ParleyError
from core.realtime import Post
from interactions.frames import Typing
from interactions.models import Lane
from interactions.models.lane import PUBLIC

from .author import Author
from .judging import encode
from .members import Chat, as_they_are, group, writer
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
    chats = as_they_are(sql, {notice.author.interaction for notice in notices})
    outcomes: list[ParleyError | None] = []
    latest: dict[tuple[Author, str], tuple[Notice, Member]] = {}
    for notice in notices:
        try:
            latest[notice.author, notice.lane] = notice, writer(chats, notice.author, notice.lane)
            outcomes.append(None)
        except ParleyError as refusal:
            outcomes.append(refusal)
    _not_quiet([(notice, member.lane_id) for notice, member in latest.values() if notice.on and notice.lane == PUBLIC])
    realtime.publish([_post(sql, notice, member, chats) for notice, member in latest.values()])
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


def _post(sql: Statements, notice: Notice, member: Member, chats: dict[UUID, Chat]) -> Post:
    readers = chats[notice.author.interaction].groups(notice.lane)
    frame = Typing(notice.author.interaction, notice.lane, sql.uuid(member.party_id), notice.on)
    return Post(tuple(one for one in readers if one != group(sql, member)), encode(frame))


notices = Batches(tell, name="typing")
