"""Consultation: asking for one, ending one, losing the consultant. Accepting is `invitations.accept`."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from core import leases
from core.errors import NotFound
from interactions import events, permissions
from interactions.models import Consultation, Interaction, Invitation, Party
from interactions.states import Cause, Kind, Medium

from .consulting import end as end_for_both
from .inviting import ask_agent, ask_pool, asking
from .rings import agents_of


@transaction.atomic(durable=True)
def request(interaction_id, agent_id, *, by: Agent, medium=Medium.CHAT, note: str = "", now: datetime) -> Invitation:
    """Ask an agent for a consultation beside the chat. The contact learns nothing, now or later.

    Raises NotFound, Conflict (`not_party`, `ended`, `no_contact`, `already_party`, `already_consulted`,
    `already_invited`, `logged_off`, `not_ready`, `at_capacity`; by voice `busy`). Emits invitation.ringing.
    """
    return ask_agent(*_consulting(interaction_id, by), agent_id, Kind.CONSULT, note=note, now=now, medium=medium)


@transaction.atomic(durable=True)
def request_pool(
    interaction_id, type: str, id, *, by: Agent, medium=Medium.CHAT, note: str = "", now: datetime
) -> Invitation:
    """Ask the agents of a queue, group, skill or routing point, one after the other, until one accepts.

    Raises NotFound, Conflict (`not_party`, `ended`, `no_contact`, `already_invited`, `unstaffed`).
    Emits invitation.waiting.
    """
    return ask_pool(*_consulting(interaction_id, by), type, id, Kind.CONSULT, note=note, now=now, medium=medium)


def _consulting(interaction_id, by: Agent):
    interaction, mine, picture = asking(interaction_id, by)
    permissions.require(permissions.can_consult(interaction, mine))
    return interaction, mine, picture


@transaction.atomic(durable=True)
def end(consultation_id, *, by: Agent, now: datetime) -> Interaction:
    """Either of the two ends it, and what the consultant was asked because of it. Ending it twice changes nothing.

    Raises NotFound. Emits consultation.ended.
    """
    interaction, consultation = _locked(consultation_id)
    mine = next((each for each in (consultation.requester, consultation.consultant) if each.agent_id == by.id), None)
    if mine is None:
        raise NotFound(message="There is no such consultation.")
    if not consultation.active:
        return interaction.untouched()
    _end(interaction, consultation, Cause.END, now, by=mine)
    events.record(interaction, "consultation.ended", now=now, by=f"agent:{by.id}", consultation=str(consultation.id))
    return interaction


@transaction.atomic(durable=True)
def lost(party_id, *, now: datetime) -> None:
    """A consultant is gone for good. Emits consultation.ended with the cause `lost`."""
    interaction, consultation = _locked(Consultation.objects.values_list("id", flat=True).get(consultant=party_id))
    party = consultation.consultant
    if not consultation.active or party.away_since is None or leases.live([party.group], now):
        transaction.set_rollback(True)
        return
    _end(interaction, consultation, Cause.LOST, now)
    about = {"consultation": str(consultation.id), "cause": Cause.LOST}
    events.record(interaction, "consultation.ended", now=now, **about)


def _end(interaction: Interaction, consultation: Consultation, cause: Cause, now, by: Party | None = None) -> None:
    ringing = agents_of(consultation.invitations.pending())
    interaction.lock_agents(consultation.consultant.agent_id, *ringing)
    end_for_both(interaction, consultation, cause, now=now, by=by)


def _locked(consultation_id) -> tuple[Interaction, Consultation]:
    found = Consultation.objects.filter(pk=consultation_id).values_list("interaction_id", flat=True).first()
    if found is None:
        raise NotFound(message="There is no such consultation.")
    interaction = Interaction.lock(found)
    rows = interaction.consultations.select_related("requester", "consultant", "lane")
    return interaction, rows.get(pk=consultation_id)
