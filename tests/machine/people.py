"""What agents do by themselves: come, go, choose a status, answer what rings."""

from datetime import timedelta
from uuid import uuid4

from agents.actions import people
from agents.models import Agent, Role
from agents.privileges import SWITCHES
from core import leases
from core.models import Lease
from interactions.actions import conversations, invitations, locking, presence, status
from interactions.actions import mail as mails
from interactions.auto_answer import Presence
from interactions.models import Ring
from tests.support import CANARY

from .ground import PASSWORD, Ground, verb

STATUSES = ["ready"] * 9 + ["not_ready", "logged_off", "do_not_disturb", "after_call_work"]
POOLS = ["queue", "group", "skill"]


class PeopleVerbs(Ground):
    @verb(3)
    def set_status(self, at, other, turn):
        to = self.pick(turn, STATUSES)
        reason = self.reason.id if other > 15 and to == "not_ready" else None
        self.do(status.set_status, self.person(at).id, to, reason_id=reason, now=self.tick())

    @verb(1)
    def leave_after_the_last_chat(self, at, other, turn):
        to = self.pick(turn, ["logged_off", "not_ready", "ready"])
        self.do(status.set_status, self.person(at).id, to, after_last=True, now=self.tick())

    @verb(2)
    def connect(self, at, other, turn):
        leases.touch(self.person(at).holder, self.world.now + timedelta(days=1))
        self.do(presence.agent_appeared, self.person(at).id, self.tick())

    @verb(1)
    def disconnect(self, at, other, turn):
        Lease.objects.filter(holder=self.person(at).holder).update(expires_at=self.world.now)

    @verb(1)
    def sign_in_is_taken_and_given_back(self, at, other, turn):
        agent = self.person(at)
        self.do(people.let_in, agent.id, False, now=self.tick())
        self.sweep_now(steady=False)
        self.disconnect(at, other, turn)
        if turn > 9:
            self.time_passes(at, other, turn)
        self.do(people.let_in, agent.id, True, now=self.tick())
        self.sweep_now(steady=False)

    @verb(14)
    def accept(self, at, other, turn):
        self._answer(at, invitations.accept)

    @verb(2)
    def reject(self, at, other, turn):
        self._answer(at, invitations.reject)

    def _answer(self, at, how):
        if ring := self.pick(at, list(Ring.objects.open().select_related("agent"))):
            self.do(how, ring.invitation_id, by=ring.agent, now=self.tick(), may_forgive=True)

    @verb(1)
    def answer_itself(self, at, other, turn):
        """The workspace accepts without a click, where the options and what it says of itself allow it."""
        if ring := self.pick(at, list(Ring.objects.open().select_related("agent"))):
            there = Presence(visible=turn > 2, idle_seconds=other * 4)
            self.do(invitations.accept, ring.invitation_id, by=ring.agent, automatic=there, now=self.tick(turn))

    @verb(2)
    def write_to_a_colleague(self, at, other, turn):
        """Also about a chat, which may be none of theirs."""
        about = self.pick(turn, [None, *(chat.id for chat in self.chats)])
        text = f"{CANARY} {self.tick():%M%S%f}"
        by, to = self.person(at), self.person(other)
        self.do(conversations.say_now, by, to.id, id=uuid4(), text=text, about=about, now=self.tick())

    @verb(1)
    def look_at_a_conversation(self, at, other, turn):
        self.do(conversations.seen, self.person(at), self.person(other).id, turn, now=self.tick())

    @verb(1)
    def write_a_mail(self, at, other, turn):
        """To anybody of a chat, from anybody; an engine sends it, or cannot."""
        chat = self.pick(turn, self.chats)
        to = self.pick(other, list(chat.parties.order_by("joined_at", "id")))
        given = {"id": uuid4(), "subject": f"Router {CANARY}", "text": f"Hello {CANARY}", "by": self.person(at)}
        if mail := self.do(mails.write, chat.id, to.id, **given, now=self.tick()):
            how = self.pick(at + other, ["sent", "failed", "delayed", None])
            if how == "sent":
                self.do(mails.sent, mail.id, now=self.tick())
            elif how:
                self.do(mails.not_sent, mail.id, 0, CANARY, for_good=how == "failed", now=self.tick())

    @verb(1)
    def answer_late(self, at, other, turn):
        """A click on a preview that is over."""
        over = Ring.objects.exclude(outcome="").order_by("-started_at", "-id").select_related("agent")[:3]
        if ring := self.pick(at, list(over)):
            how = invitations.accept if turn % 2 else invitations.reject
            self.do(how, ring.invitation_id, by=ring.agent, now=self.tick(), may_forgive=True)

    @verb(1)
    def pool_changes(self, at, other, turn):
        """The administrator gives this agent to a pool, or takes them out."""
        agent, type = self.person(at), self.pick(turn, POOLS)
        pool = self.pools[type]
        if type != "skill":
            (pool.agents.add if other % 3 else pool.agents.remove)(agent)
        elif other % 3:
            pool.levels.get_or_create(agent=agent)
        else:
            pool.levels.filter(agent=agent).delete()

    @verb(2)
    def role_changes(self, at, other, turn):
        """The administrator takes one privilege from an agent, or gives all of them; the engine comes by."""
        agent, taken = self.person(at), self.pick(turn + 20 * (other % 2), list(SWITCHES))
        allowed = SWITCHES if other > 9 else [switch for switch in SWITCHES if switch != taken]
        role, _ = Role.objects.update_or_create(name=f"Role of {agent.name}", defaults={"allowed": list(allowed)})
        concerned = Agent.objects.filter(pk=agent.pk)
        concerned.update(role=role)
        people.other_privileges(concerned)
        self.touched = True
        self.sweep_now(steady=False)

    @verb(1)
    def lock_workspace(self, at, other, turn):
        self.do(locking.lock, self.person(at).id, now=self.tick())

    @verb(2)
    def unlock_workspace(self, at, other, turn):
        """With the password, or with a wrong one."""
        agent, password = self.person(at), PASSWORD if turn else "guess"
        self.do(locking.unlock, agent, agent.holder, password=password, now=self.tick())
