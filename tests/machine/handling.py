"""What agents do with chats: write, invite, cancel, End, Delete, outcome, note, Mark Done, tail."""

import uuid

from interactions import marks, transcript
from interactions.actions import case, closing, conference, invitations, outcomes
from interactions.models import Invitation, Party, Segment
from tests.support import CANARY

from .contacts import WORDS
from .ground import Ground, verb

ENDS = [None, None, None, None, "pass", "leave", "close"]
TARGETS = ["queue", "group", "skill", "routing_point"]
LANES = ["public", "internal"]


class HandlingVerbs(Ground):
    @verb(3)
    def agent_writes(self, at, other, turn):
        chat, agent = self.seat(at)
        lane, text = self.pick(other, LANES), self.pick(turn, WORDS)
        text = text if lane == "public" else f"{CANARY} {text}"[:2000]
        author, id = transcript.Author(chat.id, agent.id), uuid.uuid4()
        first = self.do(transcript.append_now, author, lane=lane, id=id, text=text, now=self.tick())
        if turn > 9:
            second = self.do(transcript.append_now, author, lane=lane, id=id, text=text, now=self.tick())
            assert first is None or second is None or second == first, "the same id got another number"

    @verb(1)
    def agent_types(self, at, other, turn):
        chat, agent = self.seat(at)
        author, lane = transcript.Author(chat.id, agent.id), self.pick(other, LANES)
        self.do(transcript.typing, author, lane=lane, on=True, now=self.tick())

    @verb(1)
    def see(self, at, other, turn):
        """Lines have arrived in the agent's browser, and some of them were looked at."""
        chat, agent = self.seat(at)
        self._mark(transcript.Author(chat.id, agent.id), self.pick(other, LANES), turn)

    @verb(1)
    def contact_sees(self, at, other, turn):
        if chat := self.chat(at):
            self._mark(transcript.Author(chat.id), "public", turn)

    def _mark(self, author, lane, turn):
        self.do(marks.mark, {(author, lane): marks.Reached(delivered=turn, seen=turn // 2)})

    @verb(5)
    def invite(self, at, other, turn):
        chat, agent = self.seat(at)
        note = f"{CANARY} please help"
        self.do(conference.invite, chat.id, self.person(other).id, by=agent, note=note, now=self.tick())

    @verb(3)
    def invite_pool(self, at, other, turn):
        chat, agent = self.seat(at)
        type, note = self.pick(other, TARGETS), f"{CANARY} anybody?"
        self.do(conference.invite_pool, chat.id, type, self.pools[type].id, by=agent, note=note, now=self.tick())

    @verb(1)
    def cancel(self, at, other, turn):
        chat, agent = self.seat(at)
        asked = Invitation.objects.filter(interaction=chat).exclude(kind="route").order_by("-created_at", "id")
        if invitation := self.pick(other, list(asked[:3])):
            self.do(invitations.cancel, invitation.id, by=agent, now=self.tick())

    @verb(3)
    def end(self, at, other, turn):
        """End as the screen shows it, or as it showed it some time ago."""
        chat, agent = self.seat(at)
        shown = self.desks[agent.holder][1].interactions.get(chat.id)
        if shown is None:
            return
        offer = self.pick(turn, ENDS) or (shown.end.expect if shown.end else "close")
        if offer == "close":
            self.expected_ends.add((chat.pk, "end"))
        heir = self._party(chat, other) if offer == "pass" and other > 9 else None
        given = {"expect": offer, "version": shown.owner_version, "pass_to": heir and heir.id}
        self.do(closing.end, chat.id, by=agent, now=self.tick(), **given)

    @verb(1)
    def delete_from_conference(self, at, other, turn):
        chat, agent = self.seat(at)
        if party := self._party(chat, other):
            version = self.row(chat).owner_version - (turn > 15)
            self.do(conference.remove, chat.id, party.id, by=agent, version=version, now=self.tick())

    def _party(self, chat, whom) -> Party | None:
        return Party.objects.filter(interaction=chat, agent=self.person(whom)).order_by("joined_at").last()

    @verb(1)
    def note(self, at, other, turn):
        chat, agent = self.ended(at)
        self.do(closing.set_note, chat.id, f"{CANARY} note", by=agent, now=self.tick())

    @verb(1)
    def case_data(self, at, other, turn):
        """An agent sets a key, as the screen shows it or as it was some time ago."""
        chat, agent = self.stretch(at, Segment.objects.filter(done_at=None))
        held = self.row(chat).case.get("order", "")
        value, seen = f"{CANARY} {turn % 3}" if turn > 2 else "", held if other > 4 else "old"
        self.do(case.set_case, chat.id, "order", value, expect=seen, by=agent, now=self.tick())

    @verb(1)
    def outcome(self, at, other, turn):
        chat, agent = self.ended(at)
        codes = [code.id for code in self.codes[: turn % 3][-1:]]
        self.do(outcomes.set_disposition, chat.id, codes, by=agent, now=self.tick())

    @verb(2)
    def mark_done(self, at, other, turn):
        chat, agent = self.ended(at)
        self.do(closing.mark_done, chat.id, by=agent, now=self.tick())

    @verb(1)
    def tail(self, at, other, turn):
        chat, agent = self.stretch(at, Segment.objects.exclude(done_at=None).exclude(slot_until=None))
        self.do(closing.set_tail, chat.id, turn % 3 * 60, by=agent, now=self.tick())

    @verb(2)
    def tidy_up(self, at, other, turn):
        """An ended chat is closed as agents do it, so that histories go on beyond a full desk."""
        chat, agent = self.ended(at)
        self.do(outcomes.set_disposition, chat.id, [self.codes[0].id], by=agent, now=self.tick())
        self.do(closing.mark_done, chat.id, by=agent, now=self.tick())
