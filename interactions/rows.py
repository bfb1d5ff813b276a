"""The rows of some interactions: each kind is read once for all of them, and only when somebody looks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, reduce
from operator import or_

from django.db.models import Prefetch, Q, QuerySet

from agents.models import Agent, Site
from core.written import Written
from routing.models import PreChatField

from .models import (
    Consultation,
    DispositionCode,
    DispositionRule,
    Interaction,
    Invitation,
    Lane,
    OutgoingMail,
    Party,
    Reader,
    Ring,
    Segment,
    Survey,
    SurveyReply,
)
from .models.disposition import labels, most_specific
from .states import OPEN

CODES = Prefetch("codes", queryset=DispositionCode.objects.select_related("set"))
PARTIES = Written(lambda ids: Party.objects.select_related("agent__user").filter(interaction__in=ids))
LANES = Written(lambda ids: Lane.objects.filter(interaction__in=ids))
READERS = Written(lambda lanes: Reader.objects.filter(lane__in=lanes).order_by("lane_id"))
SEGMENTS = Written(
    lambda parties: Segment.objects.filter(party__in=parties).prefetch_related(CODES).order_by("joined_at", "id")
)
CONSULTATIONS = Written(
    lambda ids: Consultation.objects.select_related("requester", "consultant", "lane").filter(interaction__in=ids)
)
MAILS = Written(
    lambda ids: (
        OutgoingMail.objects.filter(interaction__in=ids)
        .select_related("party", "author")
        .defer("text")
        .order_by("created_at", "id")
    )
)
FIELDS = Written(lambda points: PreChatField.objects.filter(routing_point__in=points))


def _invitations(ids, *moved_at) -> QuerySet[Invitation]:
    moved = [Q(created_at=at) | Q(ended_at=at) for at in moved_at]
    rows = Invitation.objects.filter(reduce(or_, moved, Q(state__in=OPEN)), interaction__in=ids)
    return rows.with_targets().order_by("created_at", "id")


def _rings(invitations, *moved_at) -> QuerySet[Ring]:
    moved = [Q(ended_at=at) for at in moved_at]
    return Ring.objects.filter(reduce(or_, moved, Q(outcome="")), invitation__in=invitations).select_related("agent")


INVITATIONS, RINGS = Written(_invitations), Written(_rings)
MOVED_INVITATIONS, MOVED_RINGS = Written(_invitations, datetime), Written(_rings, datetime)


class Rows:
    """By interaction: parties, lanes, segments, invitations, consultations. By party: readers.

    `moved_at`: the time of an action; its invitations and rings are there although they are over.
    """

    def __init__(self, interactions: Iterable[Interaction], *, moved_at: datetime | None = None):
        self.interactions = {interaction.id: interaction for interaction in interactions}
        self.moved_at = moved_at

    @cached_property
    def site(self) -> Site:
        """As the first of them knows it, so an action and what it tells go by one reading."""
        return next((interaction.site for interaction in self.interactions.values()), None) or Site.current()

    @cached_property
    def parties(self) -> dict:
        """Their agents with what they may do."""
        found = _grouped(PARTIES.about(self.interactions))
        Agent.read_roles(party.agent for of_one in found.values() for party in of_one if party.agent_id)
        return found

    @cached_property
    def lanes(self) -> dict:
        return _grouped(LANES.about(self.interactions))

    @cached_property
    def readers(self) -> dict:
        """{party id: [Reader]}, in the order of the lanes. Who joined after the parties were read is not among them."""
        lanes = {lane.id: lane for of_one in self.lanes.values() for lane in of_one}
        parties = {party.id: party for of_one in self.parties.values() for party in of_one}
        found = defaultdict(list)
        for reader in READERS.about(lanes):
            if reader.party_id in parties:
                reader.lane, reader.party = lanes[reader.lane_id], parties[reader.party_id]
                found[reader.party_id].append(reader)
        return found

    @cached_property
    def segments(self) -> dict:
        parties = {party.id: party for of_one in self.parties.values() for party in of_one if party.agent_id}
        found = defaultdict(list)
        for row in SEGMENTS.about(parties):
            row.party = parties[row.party_id]
            row.agent = row.party.agent
            found[row.interaction_id].append(row)
        return found

    @cached_property
    def pending(self) -> dict:
        found = defaultdict(list)
        for interaction, invitations in self.invitations.items():
            found[interaction] = [invitation for invitation in invitations if invitation.open]
        return found

    @cached_property
    def invitations(self) -> dict:
        """What is open, and what the action made or ended."""
        if self.moved_at:
            return _grouped(MOVED_INVITATIONS.about(self.interactions, self.moved_at))
        return _grouped(INVITATIONS.about(self.interactions))

    @cached_property
    def rings(self) -> dict:
        """{invitation id: its rings}, such as ring and such as the action ended."""
        invitations = {each.id: each for of_one in self.invitations.values() for each in of_one}
        at = [self.moved_at] if self.moved_at else []
        found = defaultdict(list)
        for ring in (MOVED_RINGS if at else RINGS).about(invitations, *at):
            ring.invitation = invitations[ring.invitation_id]
            found[ring.invitation_id].append(ring)
        return found

    def after_asking(self, now: datetime) -> "Rows":
        """For what is told of an action that has asked somebody: only invitations are read anew, with what it moved."""
        rows = Rows(self.interactions.values(), moved_at=now)
        kept = vars(self).keys() - {"pending", "invitations", "rings", "moved_at"}
        vars(rows).update({kind: vars(self)[kind] for kind in kept})
        return rows

    @cached_property
    def consultations(self) -> dict:
        return _grouped(CONSULTATIONS.about(self.interactions))

    @cached_property
    def mails(self) -> dict:
        """Without their texts: a transcript is as long as its chat."""
        return _grouped(MAILS.about(self.interactions))

    @cached_property
    def surveys(self) -> list[Survey]:
        """All that are asked."""
        return list(Survey.objects.asked())

    @cached_property
    def replies(self) -> dict:
        """{interaction id: what its contact answered}."""
        found = SurveyReply.objects.filter(interaction__in=self.interactions).select_related("survey")
        return {reply.interaction_id: reply for reply in found}

    @cached_property
    def fields(self) -> dict:
        """{routing point id: {key: field}} of the case data, in the administrator's order."""
        found = defaultdict(dict)
        points = {interaction.routing_point_id for interaction in self.interactions.values()}
        for field in FIELDS.about(points):
            found[field.routing_point_id][field.key] = field
        return found

    def rule(self, queue_id, routing_point_id) -> DispositionRule | None:
        """The rule in force for chats in this queue that came to this address."""
        return most_specific(self.rules, queue_id, routing_point_id)

    @cached_property
    def rules(self) -> list[DispositionRule]:
        """All that can decide about these chats."""
        queues = {segment.queue_id for of_one in self.segments.values() for segment in of_one}
        queues |= {interaction.queue_id for interaction in self.interactions.values()}
        points = {interaction.routing_point_id for interaction in self.interactions.values()}
        return list(DispositionRule.objects.about(queues - {None}, points))

    @cached_property
    def code_labels(self) -> dict:
        """{code id: its path} of every code that was chosen."""
        segments = (segment for of_one in self.segments.values() for segment in of_one)
        return labels({code for segment in segments for code in segment.codes.all()})


def _grouped(rows: Iterable) -> dict:
    """By interaction."""
    found = defaultdict(list)
    for row in rows:
        found[row.interaction_id].append(row)
    return found
