"""What must always hold, looked at after every step."""

from collections import defaultdict

import msgspec
from django.db.models import Count, Max
from hypothesis.stateful import invariant

from agents.models import ChannelStatus
from core.models import Event
from interactions.models import Interaction, Lane, Message, Ring, Segment
from interactions.picture import Picture, contact_view
from interactions.transcript.statements import statements
from tests.support import DeskCopy

from .ground import Ground


def differences(held, fresh, path="") -> list[str]:
    """Where two screens differ, and how."""
    if isinstance(held, dict) and isinstance(fresh, dict):
        keys = sorted({*held, *fresh})
        return [line for key in keys for line in differences(held.get(key), fresh.get(key), f"{path}.{key}")]
    return [] if held == fresh else [f"{path}: {held!r} is shown, {fresh!r} is so"]


class Always(Ground):
    @invariant()
    def all_promises_hold(self):
        """Looked at when something happened; that a refusal changes nothing is checked where it is refused."""
        if not getattr(self, "touched", False):
            return
        self.touched, rows = False, self.rows()
        self.desks_equal_rows()
        self.pages_equal_rows(rows)
        self.rows_are_sound(rows)
        self.routing_keeps_to_capacity()
        self.who_is_in_a_chat_is_logged_in()
        self.calls_are_sound()

    def desks_equal_rows(self):
        for agent, desk in self.fresh_desks():
            wrong = differences(self.desks[agent.holder][1].plain(), DeskCopy(desk).plain())
            assert not wrong, (agent.nickname, wrong)

    def pages_equal_rows(self, rows):
        for chat in rows.interactions.values():
            fresh = msgspec.to_builtins(contact_view(Picture(chat, rows)))
            wrong = differences(self.pages[chat.holder][1].plain(), fresh)
            assert not wrong, (chat, wrong)

    def rows_are_sound(self, rows):
        events = self._events()
        for chat in rows.interactions.values():
            self._is_served(chat, rows)
            self._ended_as_it_may(chat)
            assert events.get(chat.pk, 0) == chat.version, "one action is one version is one event"
        self._rings_agree()
        self._lanes_have_no_holes()
        self._versions_tell_who_belongs(rows)

    def _versions_tell_who_belongs(self, rows):
        """Who may write in a chat, and who reads it, changes with its version only: the message path relies on it."""
        sql, now = statements(), defaultdict(list)
        for row in sql.members({sql.key(id) for id in rows.interactions}):
            now[row.interaction, row.version].append(row)
        for chat in now.keys() & self.belonged.keys():
            assert now[chat] == self.belonged[chat], "a chat's members changed, and its version did not"
        self.belonged |= now

    def _events(self) -> dict:
        return dict(Event.objects.order_by().values_list("subject").annotate(Count("id")))

    def _is_served(self, chat, rows):
        here = [party for party in rows.parties[chat.pk] if party.left_at is None and party.agent_id]
        in_chat = [party.pk for party in here if party.kind == "agent"]
        waiting_places = [one for one in rows.pending[chat.pk] if one.kind == "route"]
        if chat.state == "ended":
            assert not here and not rows.pending[chat.pk] and chat.owner_id is None
        elif chat.state == "active":
            assert chat.owner_id in in_chat, "an active chat without its owner"
            assert not waiting_places
        else:
            assert len(waiting_places) == 1, "a waiting chat without a place in a queue"
            assert not here and len(rows.pending[chat.pk]) == 1
        self._segments_agree(chat, rows)
        self._consultations_agree(chat, rows)

    def _consultations_agree(self, chat, rows):
        """One runs while both are there, each in their own way, and no contact hears of either."""
        here = {party.pk: party for party in rows.parties[chat.pk] if party.left_at is None}
        for each in rows.consultations[chat.pk]:
            consulted = each.consultant_id in here
            assert each.active == consulted, "a consultant without a consultation, or the other way round"
            assert not each.active or each.requester_id in here, "consulted by somebody who has left"
        consultants = [party for party in here.values() if party.kind == "consultant"]
        assert len(consultants) == sum(each.active for each in rows.consultations[chat.pk])
        passing = [one.inviter_id for one in rows.pending[chat.pk] if one.kind == "transfer" and one.inviter_id in here]
        assert len(passing) == len(set(passing)), "two transfers of one agent"

    def _segments_agree(self, chat, rows):
        segments = rows.segments[chat.pk]
        left = {party.pk: party.left_at for party in rows.parties[chat.pk]}
        assert all((segment.left_at is None) == (left[segment.party_id] is None) for segment in segments)
        assert sum(segment.last_owner for segment in segments) <= 1
        seated = [segment.agent_id for segment in segments if segment.left_at is None]
        assert len(seated) == len(set(seated)), "an agent sits in a chat twice"
        last = [segment for segment in segments if segment.last_owner]
        complete = chat.state == "ended" and all(segment.done_at for segment in last)
        assert (chat.completed_at is not None) == complete

    def _ended_as_it_may(self, chat):
        """By an agent who was told to be the last, by the contact, or by a clock that warned."""
        if chat.state != "ended" or chat.end_cause == "grace":
            return
        if chat.end_cause == "idle":
            warned = Event.objects.filter(subject=chat.pk, name="contact.warned").exists()
            assert warned, "closed as idle without a warning"
        else:
            assert (chat.pk, chat.end_cause) in self.expected_ends, "closed by an agent who was not told"

    def _rings_agree(self):
        rings = Ring.objects.filter(outcome="").values_list("invitation_id", "invitation__state")
        assert all(state == "ringing" for _, state in rings), "a ring of what does not ring"
        ids = [id for id, _ in rings]
        ringing = Interaction.objects.filter(invitations__state="ringing").values_list("invitations__id", flat=True)
        assert set(ids) == set(ringing) and len(ids) == len(set(ids))

    def _lanes_have_no_holes(self):
        counted = Message.objects.order_by().values("lane").annotate(n=Count("id"), top=Max("number"))
        found = {row["lane"]: (row["n"], row["top"]) for row in counted}
        for lane, head in Lane.objects.values_list("id", "head"):
            assert found.get(lane, (0, 0)) == (head, head), "a hole in a lane"

    def routing_keeps_to_capacity(self):
        """A routed ring is only ever given within capacity: checked when it began."""
        slots = Ring.objects.open().filter(routed=True).exclude(invitation__kind="consult")
        for ring in slots.exclude(pk__in=self.rang).select_related("agent"):
            self.rang.append(ring.pk)
            desk = self.desks[ring.agent.holder][1]
            assert desk.agent.load <= desk.agent.capacity, "routing went over capacity"

    def who_is_in_a_chat_is_logged_in(self):
        seated = Segment.objects.filter(left_at=None).values("agent")
        gone = ChannelStatus.objects.filter(channel="chat", status="logged_off", agent__in=seated)
        assert not gone.exists(), "in a chat and logged off"
