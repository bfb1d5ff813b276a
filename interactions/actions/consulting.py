"""How consultations begin and end; parts of larger actions, never a transaction of their own."""

import uuid

from agents.actions.status import last_chat_over
from interactions import texts
from interactions.models import Consultation, Interaction, Invitation, Lane, Party, Reader, Segment
from interactions.models.lane import INTERNAL
from interactions.states import Cause, Kind, Medium
from interactions.transcript import system_line

from .readers import close_lane, read_along, stop_reading
from .rings import agents_of, withdraw


def begin(interaction: Interaction, invitation: Invitation, agent, *, now) -> Consultation:
    """The locked agent has accepted: a lane for the two, and the consultant reads the chat along."""
    consultant = Party.objects.create(
        interaction=interaction,
        kind=Party.CONSULTANT,
        agent=agent,
        nickname=agent.nickname,
        department=agent.department,
        invited_by=invitation.inviter,
        joined_at=now,
    )
    Segment.objects.create(party=consultant, interaction=interaction, agent=agent, joined_at=now)
    id = uuid.uuid4()
    lane = Lane.objects.create(interaction=interaction, name=str(id))
    if invitation.medium != Medium.IM:
        read_along(interaction, consultant)
    for party in (invitation.inviter, consultant):
        Reader.objects.create(party=party, lane=lane, start=1)
    consultation = Consultation.objects.create(
        id=id,
        interaction=interaction,
        invitation=invitation,
        requester=invitation.inviter,
        consultant=consultant,
        lane=lane,
        medium=invitation.medium,
        started_at=now,
    )
    _note(interaction, consultation, "begun", now, note=invitation.note)
    return consultation


def end(interaction: Interaction, consultation: Consultation, cause: Cause, *, now, by: Party | None = None) -> None:
    """It is over for both, with what its consultant was asked because of it. The consultant's agent must be locked.

    `by`: who ended it, where somebody did.
    """
    if not Consultation.objects.filter(pk=consultation.pk).end(cause=cause, now=now):
        return
    withdraw(interaction, consultation.invitations.pending(), now=now)
    _note(interaction, consultation, cause, now, who=(by or consultation.requester).nickname)
    close_lane(interaction, consultation.lane)
    _dismiss(interaction, consultation.consultant, cause, now)


def _note(interaction: Interaction, consultation: Consultation, key: str, now, **names) -> None:
    people = {"requester": consultation.requester.nickname, "consultant": consultation.consultant.nickname}
    words = texts.consultation(key, **people, **names)
    system_line(interaction, consultation.lane.name, words, consultation.requester, now)


def _dismiss(interaction: Interaction, consultant: Party, cause: Cause, now) -> None:
    """The consultant's part ends; it holds no slot. Who comes into the chat does not leave their last one."""
    consultant.set(left_at=now, cause=cause, away_since=None)
    stop_reading(interaction, consultant)
    consultant.segment.set(left_at=now, queue=interaction.queue)
    agent = interaction.locked_agents[consultant.agent_id]
    joins = cause in (Cause.CONFERENCE, Cause.TRANSFER)
    if not joins and not Party.objects.here().filter(agent=agent).exists():
        last_chat_over(agent, auto_after_call_work=False, now=now)


def active_in(interaction: Interaction) -> list[Consultation]:
    return list(interaction.consultations.active().select_related("requester", "consultant", "lane"))


def end_all(interaction: Interaction, cause: Cause, *, now) -> None:
    """The agents who are consulted must be locked."""
    for consultation in active_in(interaction):
        end(interaction, consultation, cause, now=now)


def end_with(interaction: Interaction, requester: Party, *, now) -> None:
    """The requester goes: what they asked for themselves goes with them. See `falls_with` for who must be locked.

    A request to a pool that takes their place goes on under the owner.
    """
    withdraw(interaction, _requests(interaction, requester), now=now)
    consulted = [each for each in active_in(interaction) if each.requester_id == requester.id]
    for consultation in consulted:
        end(interaction, consultation, Cause.LEFT, now=now)
    if interaction.live:
        tell_whom(interaction, requester, consulted, now)


def tell_whom(interaction: Interaction, requester: Party, consulted: list[Consultation], now) -> None:
    """The chat's agents read whom somebody consulted who has gone."""
    if consulted:
        names = " and ".join(each.consultant.nickname for each in consulted)
        words = texts.internal("was_consulting", who=requester.nickname, whom=names)
        system_line(interaction, INTERNAL, words, requester, now)


def ended_with(interaction: Interaction, requester: Party) -> list[Consultation]:
    """The consultations that ended because this requester left."""
    found = interaction.consultations.filter(requester=requester, ended_at=requester.left_at, cause=Cause.LEFT)
    return list(found.select_related("consultant"))


def end_of_consultant(interaction: Interaction, agent, cause: Cause, *, now) -> None:
    """The locked agent comes into the chat, by whatever way: nobody consults them on it any more."""
    for consultation in active_in(interaction):
        if consultation.consultant.agent_id == agent.id:
            end(interaction, consultation, cause, now=now)


def falls_with(interaction: Interaction, party: Party) -> list:
    """Ids of the agents whose desks change when this party leaves: theirs, and whom they consult or ask."""
    mine = interaction.consultations.active().filter(requester=party)
    requests = [*_requests(interaction, party), *Invitation.objects.pending().filter(consultation__in=mine)]
    consultants = mine.values_list("consultant__agent_id", flat=True)
    return [party.agent_id, *consultants, *agents_of(requests)]


def _requests(interaction: Interaction, party: Party):
    """What ends when its inviter leaves: requests for a consultation, and a transfer to somebody by name."""
    asked = interaction.invitations.pending().filter(inviter=party)
    return asked.of_kind(Kind.CONSULT) | asked.of_kind(Kind.TRANSFER).filter(agent__isnull=False)
