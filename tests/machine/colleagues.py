"""How agents ask colleagues beside a chat, and pass it on: consultation, conference from it, transfer."""

import uuid

from interactions import transcript
from interactions.actions import conference, consultation, transfer
from interactions.models import Consultation, Invitation
from tests.support import CANARY

from .ground import Ground, verb

MEDIA = ["chat", "chat", "voice", "im"]
POOLS = ["queue", "group", "skill", "routing_point"]
QUEUES = ("queue", "routing_point")


class ColleagueVerbs(Ground):
    @verb(4)
    def consult(self, at, other, turn):
        chat, agent = self.seat(at)
        how = {"medium": self.pick(turn, MEDIA), "note": f"{CANARY} a word?"}
        self.do(consultation.request, chat.id, self.person(other).id, by=agent, now=self.tick(), **how)

    @verb(1)
    def consult_pool(self, at, other, turn):
        chat, agent = self.seat(at)
        type, how = self.pick(other, POOLS), {"medium": self.pick(turn, MEDIA), "note": f"{CANARY} anybody?"}
        self.do(consultation.request_pool, chat.id, type, self.pools[type].id, by=agent, now=self.tick(), **how)

    @verb(4)
    def write_in_consultation(self, at, other, turn):
        """One of the two, or somebody who may not, and now and then to the contact."""
        if found := self._consultation(at):
            agent = self.pick(other, [found.requester.agent, found.consultant.agent, *self.people])
            lane = "public" if turn > 15 else str(found.id)
            text = "Hello" if lane == "public" else f"{CANARY} between us"
            author = transcript.Author(found.interaction_id, agent.id)
            self.do(transcript.append_now, author, lane=lane, id=uuid.uuid4(), text=text, now=self.tick())

    @verb(2)
    def end_consultation(self, at, other, turn):
        if found := self._consultation(at):
            agent = self.pick(other, [found.requester.agent, found.consultant.agent, self.person(turn)])
            self.do(consultation.end, found.id, by=agent, now=self.tick())

    @verb(3)
    def conference_from_consultation(self, at, other, turn):
        if found := self._consultation(at):
            agent = found.requester.agent if other else found.consultant.agent
            how = {"by": agent, "note": f"{CANARY} come in"}
            self.do(conference.invite_consultant, found.interaction_id, found.id, now=self.tick(), **how)

    @verb(2)
    def transfer_to_consultant(self, at, other, turn):
        if found := self._consultation(at):
            how = self._passing(found.interaction, turn)
            by = found.requester.agent if other else found.consultant.agent
            self.do(transfer.to_consultant, found.interaction_id, found.id, by=by, now=self.tick(), **how)

    def _consultation(self, number) -> Consultation | None:
        rows = Consultation.objects.select_related("interaction", "requester__agent", "consultant__agent")
        return self.pick(number, list(rows.order_by("-started_at", "id")[:3]))

    @verb(3)
    def transfer(self, at, other, turn):
        chat, agent = self.seat(at)
        how = self._passing(chat, turn)
        self.do(transfer.to_agent, chat.id, self.person(other).id, by=agent, now=self.tick(), **how)

    @verb(3)
    def transfer_to_pool(self, at, other, turn):
        """To a queue the agent leaves at once; `turn` 0 leaves a message there."""
        chat, agent = self.seat(at)
        type, how = self.pick(other, POOLS), self._passing(chat, turn)
        if type in QUEUES:
            how["as_message"] = turn == 0
        to = transfer.to_queue if type in QUEUES else transfer.to_pool
        self.do(to, chat.id, type, self.pools[type].id, by=agent, now=self.tick(), **how)

    @verb(1)
    def make_transfer(self, at, other, turn):
        chat, agent = self.seat(at)
        version = self._passing(chat, turn)["version"]
        if found := self.pick(
            other, list(Invitation.objects.filter(interaction=chat).order_by("-created_at", "id")[:3])
        ):
            self.do(transfer.make_transfer, found.id, by=agent, version=version, now=self.tick())

    def _passing(self, chat, turn) -> dict:
        """Now and then by a screen that shows an older ownership."""
        return {"version": max(0, self.row(chat).owner_version - (turn > 16)), "note": f"{CANARY} please take it"}
