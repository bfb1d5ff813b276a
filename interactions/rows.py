"""The rows of some interactions: each kind is read once for all of them, and only when somebody looks."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.db.models import Prefetch

from agents.models import Agent, Site
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
    Segment,
    Survey,
    SurveyReply,
)
from .models.disposition import labels, most_specific


class Rows:
    """By interaction: parties, lanes, segments, pending invitations, consultations. By party: readers."""

    def __init__(self, interactions: Iterable[Interaction]):
        self.interactions = {interaction.id: interaction for interaction in interactions}

    @cached_property
    def site(self) -> Site:
        return Site.current()

    @cached_property
    def parties(self) -> dict:
        """Their agents with what they may do."""
        found = self._grouped(Party.objects.select_related("agent__user"))
        Agent.read_roles(party.agent for of_one in found.values() for party in of_one if party.agent_id)
        return found

    @cached_property
    def lanes(self) -> dict:
        return self._grouped(Lane.objects.all())

    @cached_property
    def readers(self) -> dict:
        """{party id: [Reader]}, in the order of the lanes."""
        lanes = {lane.id: lane for of_one in self.lanes.values() for lane in of_one}
        parties = {party.id: party for of_one in self.parties.values() for party in of_one}
        found = defaultdict(list)
        for reader in Reader.objects.filter(lane__in=lanes).order_by("lane_id"):
            reader.lane, reader.party = lanes[reader.lane_id], parties[reader.party_id]
            found[reader.party_id].append(reader)
        return found

    @cached_property
    def segments(self) -> dict:
        codes = Prefetch("codes", queryset=DispositionCode.objects.select_related("set"))
        rows = Segment.objects.select_related("agent", "party").prefetch_related(codes)
        return self._grouped(rows.order_by("joined_at", "id"))

    @cached_property
    def pending(self) -> dict:
        rows = Invitation.objects.pending().with_targets().prefetch_related("rings__agent")
        return self._grouped(rows.order_by("created_at", "id"))

    @cached_property
    def consultations(self) -> dict:
        return self._grouped(Consultation.objects.select_related("requester", "consultant", "lane"))

    @cached_property
    def mails(self) -> dict:
        """Without their texts: a transcript is as long as its chat."""
        rows = OutgoingMail.objects.select_related("party", "author").defer("text")
        return self._grouped(rows.order_by("created_at", "id"))

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
        for field in PreChatField.objects.filter(routing_point__in=points):
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

    def _grouped(self, rows) -> dict:
        found = defaultdict(list)
        for row in rows.filter(interaction__in=self.interactions):
            found[row.interaction_id].append(row)
        return found
