"""The chat that a target would be asked about, seen by whoever asks."""

from agents.models import Agent
from core.errors import Conflict, NotFound
from interactions import mail_rules, permissions
from interactions.models import Consultation, Interaction
from interactions.picture import Picture
from interactions.states import Kind, Medium


class Chat:
    """What of a chat decides who can be asked. Raises NotFound for who is no party of it."""

    def __init__(self, id, agent: Agent):
        self.interaction = Interaction.objects.select_related("contact", "queue").filter(pk=id).first()
        if self.interaction is None:
            raise NotFound(message="There is no such interaction.")
        self.segment = permissions.segment_of(self.interaction, agent)
        self.party = self.segment.party
        self.party.agent = agent
        self.picture = Picture(self.interaction)
        self.refusals = {
            Kind.CONFERENCE: permissions.can_conference(
                self.interaction, self.party, self.picture.seats, self.picture.site
            ),
            Kind.CONSULT: permissions.can_consult(self.interaction, self.party),
            Kind.TRANSFER: permissions.can_transfer(self.interaction, self.party, self.picture),
        }

    def refuse(self, kind: Kind, target: str, medium: str = Medium.CHAT) -> permissions.Refusal:
        """Why nobody of this kind of target can be asked for it now; None: somebody can."""
        return self.refusals[kind] or permissions.may_ask(self.party.agent, kind, target, medium)

    def refuse_mail(self, agent: Agent) -> permissions.Refusal:
        """Why no mail about the chat can be written to this agent; None: it can."""
        party = next((each for each in reversed(self.picture.parties) if each.agent_id == agent.id), None)
        if party is None:
            return Conflict("not_party", f"{agent.nickname} is not in this chat; mail about it goes to its parties.")
        return mail_rules.can_mail(self.interaction, self.party.agent, self.segment, party)

    @property
    def alone(self) -> bool:
        """Would the contact be left without an agent?"""
        owner = self.party.id == self.interaction.owner_id
        return owner and not self.picture.connected_others(self.party)

    def consultation_with(self, agent: Agent) -> Consultation | None:
        """The one that is going on between the asking agent and this one."""
        return next((each for each in self.consultations if each.consultant.agent_id == agent.id), None)

    @property
    def consultations(self) -> list[Consultation]:
        """Those that the asking agent has requested and that are going on."""
        mine = self.party.id
        return [each for each in self.picture.consultations if each.active and each.requester_id == mine]
