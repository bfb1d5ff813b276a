"""A contact who waits long is offered to leave a message instead, and may take it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.errors import Conflict, Invalid
from interactions import events, transcript
from interactions.models import Interaction, Invitation, Message, Party
from interactions.models.lane import PUBLIC
from interactions.states import Kind, State
from routing.models import OverflowStep

from .rings import ringing_at, show_again


def undecided():
    """Places in line whose contact was not offered a message yet."""
    return Invitation.objects.pending().of_kind(Kind.ROUTE).filter(message_offered_at=None)


def due(now: datetime) -> list:
    """Ids of the places in line whose contact is to be offered a message now; the action looks again."""
    steps = OverflowStep.objects.filter(action=OverflowStep.MESSAGE).values_list("queue", "after")
    come = Q(pk__in=[])
    for queue, after in steps:
        come |= Q(queue=queue, created_at__lte=now - timedelta(seconds=after))
    return list(undecided().filter(come, interaction__offline=False).values_list("id", flat=True))


@transaction.atomic(durable=True)
def offer_message(invitation_id, *, now: datetime) -> None:
    """The contact reads that they may leave a message; they go on waiting until they do. Emits message.offered."""
    interaction = Interaction.lock(Invitation.objects.values_list("interaction_id", flat=True).get(pk=invitation_id))
    waiting = interaction.invitations.pending().filter(pk=invitation_id, message_offered_at=None)
    if interaction.offline or not waiting.update(message_offered_at=now):
        transaction.set_rollback(True)
        return
    events.record(interaction, "message.offered", now=now)


@transaction.atomic(durable=True)
def leave_message(interaction_id, *, id: UUID, text: str = "", now: datetime) -> Interaction:
    """The contact waits no longer: the chat becomes a message that keeps its place. Doing it twice changes nothing.

    `text` with its `id`: a last line of the contact; may be empty where they wrote already. What rings goes on ringing.
    Raises Conflict `ended`, `no_longer_available` when an agent is there, `id_reused`; Invalid. Emits message.left.
    """
    interaction = Interaction.lock(interaction_id)
    if interaction.offline:
        return interaction.untouched()
    if interaction.state == State.ENDED:
        raise Conflict("ended", "This chat has ended.")
    if interaction.state != State.WAITING:
        raise Conflict("no_longer_available", interaction.wording.page["taken"])
    interaction.lock_agents(*ringing_at(interaction))
    _write(interaction, id, text, now)
    interaction.set(offline=True)
    show_again(interaction, heard=interaction.lanes.get(name=PUBLIC).head)
    events.record(interaction, "message.left", now=now, by="contact")
    return interaction


def _write(interaction, id: UUID, text: str, now) -> None:
    """The line, unless it stands there already; without any line it would be no message."""
    contact = interaction.parties.get(kind=Party.CONTACT)
    written = Message.objects.filter(lane__interaction=interaction, lane__name=PUBLIC, party=contact, kind=Message.TEXT)
    if text.strip():
        if written.filter(client_id=id).exclude(text=transcript.clean(text)).exists():
            raise Conflict("id_reused", "This id belongs to another line.")
        if not written.filter(client_id=id).exists():
            transcript.contact_line(interaction, text, contact, now, id=id)
    elif not written.exists():
        raise Invalid(message=interaction.wording.page["required"])
