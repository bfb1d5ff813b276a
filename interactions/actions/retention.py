"""What a site no longer keeps: chats with all that was said in them, and contacts of whom no chat is left.

The journal stays: it holds what happened, no word that anybody wrote, and all figures come from it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core.models import Event, Lease
from interactions.models import (
    Contact,
    Interaction,
    Invitation,
    Lane,
    Message,
    OutgoingMail,
    Reader,
    Ring,
    RoutingDecision,
    Segment,
)
from interactions.states import Mailed, State

AT_ONCE = 50
ERASED = "interaction.erased"
WRITTEN = "problem"  # what a mail server answered; it may repeat an address


def due(before: datetime) -> QuerySet[Interaction]:
    """Began and ended before this moment, and nobody has anything to do with them any more."""
    undone = Segment.objects.filter(interaction=OuterRef("pk"), done_at=None)
    unsent = OutgoingMail.objects.filter(interaction=OuterRef("pk"), state=Mailed.QUEUED)
    over = Interaction.objects.filter(state=State.ENDED, created_at__lt=before, ended_at__lt=before)
    return over.exclude(Exists(undone)).exclude(Exists(unsent))


@transaction.atomic(durable=True)
def erase(before: datetime, *, limit: int = AT_ONCE, now: datetime) -> int:
    """Erase the oldest of what is due, at most so many in one transaction; returns how many.

    What others hold at this moment is left for the next time. Emits interaction.erased for each.
    """
    rows = due(before).order_by("created_at").only("id", "version", "contact")
    chats = list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])
    ids = [chat.id for chat in chats]
    about = {"name": ERASED, "actor": "system", "at": now}
    Event.objects.bulk_create([Event(subject=chat.id, version=chat.version + 1, **about) for chat in chats])
    _forget_words(ids)
    Lease.objects.filter(holder__in=[chat.holder for chat in chats]).delete()
    for below in _below(ids):
        below.delete()
    Interaction.objects.filter(pk__in=ids).delete()
    Contact.objects.filter(pk__in={chat.contact_id for chat in chats}, interactions=None).delete()
    return len(ids)


def _below(ids: list) -> list[QuerySet]:
    """What there is most of, each gone with one statement and never read; the rest goes with the chats."""
    lanes = list(Lane.objects.filter(interaction__in=ids).order_by().values_list("pk", flat=True))
    invitations = list(Invitation.objects.filter(interaction__in=ids).order_by().values_list("pk", flat=True))
    return [
        OutgoingMail.objects.filter(interaction__in=ids),
        Message.objects.filter(lane__in=lanes),
        Reader.objects.filter(lane__in=lanes),
        RoutingDecision.objects.filter(invitation__in=invitations),
        Ring.objects.filter(invitation__in=invitations),
    ]


def _forget_words(ids: list) -> None:
    """The only words of others that the journal has."""
    events = list(Event.objects.filter(subject__in=ids, name__startswith="mail.", data__has_key=WRITTEN))
    for event in events:
        del event.data[WRITTEN]
    Event.objects.bulk_update(events, ["data"], batch_size=AT_ONCE)
