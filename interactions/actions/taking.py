"""What it means that an agent accepted, by the kind of the invitation; a part of larger actions."""

from agents.models import Agent
from interactions.models import Interaction, Invitation, Party, Segment
from interactions.states import Cause, Kind, State

from .consulting import begin, ended_with, falls_with, tell_whom
from .joining import close_older, hand_over, join, leave, tell, unseat


def whom_it_moves(interaction: Interaction, invitation: Invitation) -> list:
    """Ids of the agents whose desks change beside the one who accepts: a transfer ends the part of who made it."""
    replaced = _replaced(interaction, invitation)
    return falls_with(interaction, replaced) if replaced else []


def take(interaction: Interaction, invitation: Invitation, agent: Agent, *, through=None, now) -> Party:
    """The agent, locked with those of `whom_it_moves`, has accepted. Returns their party.

    `through`: the queue whose agent they are: it has the chat from now on, if it is theirs now.
    """
    if invitation.kind == Kind.CONSULT:
        close_older(interaction, agent, now=now)
        return begin(interaction, invitation, agent, now=now).consultant
    if interaction.state == State.WAITING:
        _into(interaction, through)
        return _becomes_owner(interaction, invitation, agent, now)
    cause = Cause.TRANSFER if invitation.kind == Kind.TRANSFER else Cause.CONFERENCE
    party = join(interaction, agent, now=now, invited_by=invitation.inviter, cause=cause)
    if invitation.kind == Kind.TRANSFER:
        _takes_over(interaction, invitation, party, through, now)
    return party


def _into(interaction: Interaction, queue) -> None:
    if queue is not None and queue.id != interaction.queue_id:
        interaction.set(queue=queue)


def _becomes_owner(interaction: Interaction, invitation: Invitation, agent: Agent, now) -> Party:
    giver = invitation.inviter
    party = join(interaction, agent, now=now, invited_by=giver)
    _tell_note(interaction, invitation, now)
    if giver:
        tell_whom(interaction, giver, ended_with(interaction, giver), now)
    Segment.objects.filter(interaction=interaction).update(last_owner=False)
    since = interaction.active_since or now
    interaction.move(State.ACTIVE, owner=party, owner_version=interaction.version, active_since=since)
    return party


def _tell_note(interaction: Interaction, invitation: Invitation, now) -> None:
    """What whoever passed the chat on wrote for the next stays with it."""
    if invitation.note:
        by = invitation.inviter
        tell(interaction, "passed_note", by, now, by=by.nickname, note=invitation.note)


def _takes_over(interaction: Interaction, invitation: Invitation, party: Party, through, now) -> None:
    """The place of whoever transferred: the ownership if it was theirs, else a seat in the conference."""
    giver, owner = invitation.inviter, interaction.owner
    gives_chat = invitation.as_owner or giver.id == owner.id
    if gives_chat:
        hand_over(interaction, party)
    if gives_chat and giver.id != owner.id:
        tell(interaction, "took_over", party, now, who=party.nickname, by=giver.nickname)
    if replaced := _replaced(interaction, invitation):
        cause = Cause.TRANSFER
        _tell_note(interaction, invitation, now)
        unseat(interaction, replaced, cause if gives_chat else Cause.END, now=now)
        leave(interaction, replaced, cause, now=now)
    if gives_chat:
        _into(interaction, through)


def _replaced(interaction: Interaction, invitation: Invitation) -> Party | None:
    """Whoever made this transfer, while they are in the chat."""
    if invitation.kind != Kind.TRANSFER:
        return None
    return interaction.parties.here().select_related("agent").filter(pk=invitation.inviter_id).first()
