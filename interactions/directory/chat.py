"""The chat that a target would be invited to, seen by whoever invites."""

from agents.models import Agent
from core.errors import NotFound
from interactions import permissions
from interactions.models import Interaction
from interactions.picture import Picture


class Chat:
    """What of a chat decides who can be added. Raises NotFound for who is no party of it."""

    def __init__(self, id, agent: Agent):
        self.interaction = Interaction.objects.filter(pk=id).first()
        if self.interaction is None:
            raise NotFound(message="There is no such interaction.")
        party = permissions.segment_of(self.interaction, agent).party
        picture = Picture(self.interaction)
        self._conference = [self.interaction, party, picture.seats, picture.site]
        self.inside = {party.agent_id for party in picture.here}
        self.invited = picture.invited
        self.asked = {invitation.pool for invitation in picture.pending}

    def refusal(self, kind: str) -> permissions.Refusal:
        """May the agent invite targets of this kind at all?"""
        return permissions.can_conference(*self._conference, kind)
