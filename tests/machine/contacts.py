"""What contacts do: start, leave a message, come back, write, go."""

import uuid
from datetime import timedelta

from core import leases
from core.models import Lease
from interactions import events, transcript
from interactions.actions import arrival, overflow, presence, survey
from tests.support import ContactCopy, loaded

from .ground import Ground, verb

WORDS = ["Hello", "One moment", "x" * 2000, "  ", "äöü 🙂\n2"]
TOPICS = [None, None, "Network", "Nonsense"]
LIMIT = 3


class ContactVerbs(Ground):
    @verb(6)
    def start(self, at, other, turn):
        self.start_chat(self.pick(other, TOPICS), message="Call me" if turn == 0 else "")

    @verb(1)
    def start_again(self, at, other, turn):
        """The same browser once more: the same chat, or a new one linked to the one that is over."""
        if chat := self.chat(at):
            self.start_chat(None, client_id=f"client {self.chats.index(chat)}", previous=self.row(chat))

    def start_chat(self, topic, client_id=None, **given):
        if sum(self.row(chat).live for chat in self.chats) >= LIMIT:
            return
        client_id = client_id or f"client {len(self.chats)}"
        answers = {"topic": topic} if topic else {}
        made = self.do(
            arrival.start, "website", client_id=client_id, name="Kim", answers=answers, now=self.tick(), **given
        )
        if made and made[0].pk not in [chat.pk for chat in self.chats]:
            self._open_page(made[0])

    def _open_page(self, chat):
        if not chat.offline:
            leases.touch(chat.holder, self.world.now + timedelta(days=1))
        self.chats.append(chat)
        self.pages[chat.holder] = (chat, ContactCopy(events.snapshot_for_contact(loaded(chat))))

    @verb(1)
    def opening_hours(self, at, other, turn):
        """The administrator closes Network, or opens it."""
        self.world.network.opening_hours = None if turn % 3 else self.closed
        self.world.network.save()

    @verb(1)
    def contact_leaves(self, at, other, turn):
        if chat := self.chat(at):
            self.expected_ends.add((chat.pk, "left"))
            self.do(arrival.leave, chat.id, now=self.tick())

    @verb(1)
    def contact_answers_the_survey(self, at, other, turn):
        if chat := self.chat(at):
            given = self.pick(
                turn, [{"content": "4"}, {"content": "4"}, {"content": "1", "words": "So"}, {"x": "1"}, {}]
            )
            self.do(survey.answer, chat.id, given, now=self.tick())

    @verb(1)
    def a_message_instead(self, at, other, turn):
        """The contact waits no longer and leaves a message."""
        if chat := self.chat(at):
            self.do(overflow.leave_message, chat.id, id=uuid.uuid4(), text=self.pick(turn, WORDS), now=self.tick())

    @verb(1)
    def contact_goes_away(self, at, other, turn):
        if chat := self.chat(at):
            Lease.objects.filter(holder=chat.holder).update(expires_at=self.world.now)

    @verb(1)
    def contact_comes_back(self, at, other, turn):
        if chat := self.chat(at):
            leases.touch(chat.holder, self.world.now + timedelta(days=1))
            self.do(presence.contact_appeared, chat.id, self.tick())

    @verb(3)
    def contact_writes(self, at, other, turn):
        if chat := self.chat(at):
            author, text = transcript.Author(chat.id), self.pick(turn, WORDS)
            self.do(transcript.append_now, author, lane="public", id=uuid.uuid4(), text=text, now=self.tick())

    @verb(1)
    def contact_types(self, at, other, turn):
        if chat := self.chat(at):
            self.do(transcript.typing, transcript.Author(chat.id), lane="public", on=True, now=self.tick())
