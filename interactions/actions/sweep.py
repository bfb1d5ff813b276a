"""What is due: rings, slots, helpers' segments, lost agents, graces; then waiting chats are offered."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from agents.models import Agent, ChannelStatus, DeskSession, Site
from agents.status import Status
from core import leases
from core.errors import ParleyError
from interactions import events
from interactions.models import Call, Interaction, Invitation, Party, Ring, Segment
from interactions.models.disposition import NOT_SET

from . import (
    ageing,
    calls,
    closing,
    consultation,
    idle,
    invitations,
    locking,
    offering,
    outcomes,
    overflow,
    presence,
    privileges,
    unattended,
)

log = logging.getLogger("parley.engine")

TOLD_AT_ONCE = 50


def sweep(now: datetime, *, steady: bool) -> None:
    """Do everything that is due at this moment. Each step claims its own row, so many engines are safe.

    `steady`: service was unbroken long enough for missing leases and missing input to mean missing people.
    """
    _each(Ring.objects.overdue(now).values_list("id", flat=True), invitations.expire, now=now, missed=steady)
    _each(Invitation.objects.overdue(now).values_list("id", flat=True), invitations.give_up, now=now)
    _each(Call.objects.overdue(now).values_list("id", flat=True), calls.run_out, now=now)
    _each(Invitation.objects.abandoned().values_list("id", flat=True), invitations.give_up, now=now)
    _each(Call.objects.left_over().values_list("id", flat=True), calls.end_with_consultation, now=now)
    _each(Segment.objects.filter(slot_until__lte=now).values_list("id", flat=True), release_slot, now=now)
    _each(_forgotten_helpers(now), close_helper, now=now)
    _each(_with_other_privileges(), privileges.follow, now=now)
    _each(privileges.no_longer_allowed(), invitations.disallow, now=now)
    _each(overflow.due(now), overflow.offer_message, now=now)
    _each(_no_longer_ready(), invitations.take_back, why="not_ready", now=now)
    if steady:
        _each(DeskSession.objects.overdue(now).values_list("pk", flat=True), locking.lock_idle, now=now)
        _presence(now)
        _each(calls.abandoned(now), calls.lose, now=now)
        _each(idle.due(now), idle.run_out, now=now)
    _each(unattended.due(now), unattended.note, now=now)
    ageing.rise(now)
    offering.offer_all(now)
    _each(_outdated(), outcomes.refresh, now=now)


def _each(rows, action, **kwargs) -> None:
    """One action per row; one that fails or was overtaken leaves the others alone."""
    for row in list(rows):
        try:
            action(row, **kwargs)
        except ParleyError:  # overtaken
            continue
        except Exception:
            log.exception("%s of %s failed", action.__name__, row)


@transaction.atomic(durable=True)
def release_slot(segment_id, *, now: datetime) -> None:
    """The wrap-up limit or the tail is over: the slot is free. Emits segment.unclosed or segment.tail_over."""
    interaction, segment = _locked(segment_id)
    if segment.slot_until is None or segment.slot_until > now:
        transaction.set_rollback(True)
        return
    interaction.lock_agents(segment.agent_id)
    segment.set(slot_until=None)
    name = "segment.tail_over" if segment.done_at else "segment.unclosed"
    events.record(interaction, name, now=now, party=str(segment.party_id))


@transaction.atomic(durable=True)
def close_helper(segment_id, *, now: datetime) -> None:
    """A helper's ended segment that nobody marked done closes by itself. Emits segment.closed."""
    interaction, segment = _locked(segment_id)
    if segment.done_at is not None:
        transaction.set_rollback(True)
        return
    closing.finish(interaction, segment, now=now, **outcomes.closed_by_system(interaction, segment))
    codes = {"codes": [NOT_SET]} if segment.not_set else {}
    events.record(interaction, "segment.closed", now=now, party=str(segment.party_id), **codes)


def _locked(segment_id) -> tuple[Interaction, Segment]:
    interaction = Interaction.lock(Segment.objects.values_list("interaction_id", flat=True).get(pk=segment_id))
    return interaction, interaction.segments.get(pk=segment_id)


def _no_longer_ready():
    """Routed rings at agents whose status was changed for them: their last chat ended."""
    chat = ChannelStatus.objects.filter(agent=OuterRef("agent"), channel=ChannelStatus.CHAT)
    ready = chat.filter(status=Status.READY)
    return Ring.objects.open().filter(~Exists(ready), routed=True).values_list("id", flat=True)


def _forgotten_helpers(now: datetime):
    limit = now - timedelta(seconds=Site.current().helper_close)
    rows = Segment.objects.filter(done_at=None, last_owner=False, left_at__lte=limit)
    return rows.values_list("id", flat=True)


def _outdated():
    """A few at a time: a change for the whole site must not hold up what is due."""
    return Interaction.objects.filter(outdated=True).values_list("id", flat=True)[:TOLD_AT_ONCE]


def _with_other_privileges():
    return Agent.objects.filter(outdated=True).values_list("id", flat=True)[:TOLD_AT_ONCE]


def _presence(now: datetime) -> None:
    site = Site.current()
    _withdraw_from_absent(now)
    _mark_away(now)
    _mark_back(now)
    lost = Party.objects.agents().away_for(presence.LOST_AFTER, now)
    _each(lost.values_list("id", flat=True), presence.agent_lost, now=now)
    consultants = Party.objects.consultants().away_for(presence.LOST_AFTER, now)
    _each(consultants.values_list("id", flat=True), consultation.lost, now=now)
    waited_for = Party.objects.filter(kind=Party.CONTACT, interaction__offline=False)
    gone = waited_for.away_for(site.contact_grace, now)
    _each(gone.values_list("interaction_id", flat=True), presence.grace_over, now=now)


def _withdraw_from_absent(now: datetime) -> None:
    """A routed chat does not go on ringing where nobody is; a direct request does until they count as lost."""
    rings = list(Ring.objects.open().select_related("agent"))
    live = leases.live([ring.agent.holder for ring in rings], now)
    absent = [ring for ring in rings if ring.agent.holder not in live]
    last = leases.last_seen([ring.agent.holder for ring in absent])
    lost = now - timedelta(seconds=presence.LOST_AFTER)
    over = [ring.id for ring in absent if ring.routed or last.get(ring.agent.holder, ring.started_at) <= lost]
    _each(over, invitations.take_back, why="absent", now=now)


def _mark_away(now: datetime) -> None:
    here = Party.objects.here().filter(away_since=None, interaction__ended_at=None)
    agents = here.exclude(agent=None).exclude(leases.lives("agent", "agent_id", now))
    contacts = here.filter(agent=None).exclude(leases.lives("contact", "interaction_id", now))
    silent = [*agents, *contacts]
    last = leases.last_seen([party.group for party in silent])
    for party in silent:
        since = min(last.get(party.group, party.joined_at), now)
        _each([party.id], presence.went_away, since=since, now=now)


def _mark_back(now: datetime) -> None:
    """Marked away, or lost, and connected after all: it was their process that paused, no socket opened anew."""
    away = list(Party.objects.here().exclude(away_since=None))
    lost = {segment.agent for segment in presence.lost_and_waiting().select_related("agent")}
    live = leases.live([party.group for party in away] + [agent.holder for agent in lost], now)
    _each([party.id for party in away if party.group in live], presence.came_back, now=now)
    _each([agent.id for agent in lost if agent.holder in live], presence.agent_appeared, now=now)
