"""A chat with everybody in it who can be, and requests as each of them."""

import json
import uuid
from types import SimpleNamespace

from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from agents.models import Agent
from interactions.actions import arrival
from interactions.actions import mail as actions
from interactions.models import ContactSession, DispositionCode, DispositionRule, DispositionSet, Interaction
from tests.support import party

from . import published

V1 = "/api/v1/"


class Answer(SimpleNamespace):
    @property
    def code(self):
        return self.data.get("code")


class Caller:
    """Somebody who calls the API. Every answer is held against the published schema."""

    def __init__(self, user: User | None = None, token: str = "", **client):
        self.client = Client(**client)
        if user is not None:
            self.client.force_login(user)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, body=None, *, raw: bytes | None = None, query=None, **headers) -> Answer:
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        given = {"content_type": "application/json", "query_params": query, "headers": {**self.headers, **headers}}
        got = self.client.generic(method, V1 + path, data, **given)
        if (kind := got.headers["Content-Type"].split(";")[0]) != "application/json":
            published.check_file(method, V1 + path, got.status_code, kind)
            return Answer(status=got.status_code, data={}, content=got.getvalue(), headers=got.headers)
        content = json.loads(got.content)
        published.check_answer(method, V1 + path, got.status_code, content)
        return Answer(status=got.status_code, data=content, headers=got.headers)

    def get(self, path, **query) -> Answer:
        return self("GET", path, query=query)

    def post(self, path, body=None, **kwargs) -> Answer:
        return self("POST", path, {} if body is None else body, **kwargs)

    def put(self, path, body, **kwargs) -> Answer:
        return self("PUT", path, body, **kwargs)

    def delete(self, path, **query) -> Answer:
        return self("DELETE", path, query=query)


class Scene:
    """See the fixture. `as_(role)` calls as somebody; `ids` fills the addresses."""

    def __init__(self, world):
        self.world = world
        self.codes()
        self.dee = world.agent("dee", "Dee Fox", "Billing", world.billing)
        self.tess = world.agent("tess", "Tess Day", "Network")
        Agent.objects.filter(pk=world.sue.pk).update(supervisor=True)
        self.point_field()
        self.chat = world.handled(world.ana)
        world.conferenced(self.chat, world.ana, self.dee)
        world.conferenced(self.chat, world.ana, world.bo)
        world.end(self.chat, self.dee, "leave")
        world.ready(self.tess, world.cy)
        self.consultant = world.agent("kit", "Kit Orr", "Network")
        self.consultation = world.consulted(self.chat, world.ana, self.consultant)
        self.invitation = world.invite(self.chat, world.ana, self.tess)
        self.mail = self.failed_mail()
        self.other = world.chat(name="Another")
        self.past = self.chat_before()
        callers = (world.ana, world.bo, world.cy, world.sue, self.tess)
        world.on_voice(*callers)
        for agent in callers:
            world.tab(agent, "tab")
        self.call = world.call(world.sue, self.tess)
        self.callers: dict = {}
        self.tokens = {"contact": self.token(self.chat), "stranger": self.token(self.other)}

    def chat_before(self):
        """Another chat of the same contact, which is over."""
        past = self.world.chat(name="Kim Lee")
        self.world.line(past, None, "About last month")
        arrival.leave(past.id, now=self.world.clock.tick())
        Interaction.objects.filter(pk=past.pk).update(contact=self.chat.contact)
        return past

    def failed_mail(self):
        """From Ana to Bo, after Dee had left; it cannot be delivered."""
        to = party(self.chat, self.world.bo)
        mail = actions.write(
            self.chat.id, to.id, id=uuid.uuid4(), subject="Router", text="Hello", by=self.world.ana, now=self.world.now
        )
        actions.not_sent(mail.id, 0, "No such user", for_good=True, now=self.world.now)
        return mail

    def codes(self) -> None:
        outcomes = DispositionSet.objects.create(name="Outcomes")
        self.resolved = DispositionCode.objects.create(set=outcomes, name="Resolved")
        DispositionRule.objects.create(queue=self.world.billing, set=outcomes, required=True)

    def point_field(self) -> None:
        self.world.point.fields.create(key="order", label="Order number", type="text", editable=True)

    def token(self, chat) -> str:
        return ContactSession.issue(chat, self.world.now)

    @property
    def ids(self) -> dict:
        return {
            "chat": self.chat.id,
            "interaction": self.chat.id,
            "invitation": self.invitation.id,
            "agent": self.world.sue.id,
            "consultation": self.consultation.id,
            "mail_id": self.mail.id,
            "party": party(self.chat, self.world.bo).id,
            "type": "agent",
            "target": self.world.cy.id,
            "set": self.resolved.set.uid,
            "report": "queues",
            "past": self.past.id,
            "call": self.call.id,
        }

    def path(self, route: str, **ids) -> str:
        for name, value in {**self.ids, **ids}.items():
            route = route.replace(f"<uuid:{name}>", str(value)).replace(f"<str:{name}>", str(value))
        return route

    def as_(self, role: str, **client) -> Caller:
        """nobody, contact, stranger (another chat's contact), admin (no agent), gone (deactivated), or an agent."""
        key = (role, *client)
        if key not in self.callers:
            user = None if role in ("nobody", *self.tokens) else self._user(role)
            self.callers[key] = Caller(user, self.tokens.get(role, ""), **client)
        return self.callers[key]

    def _user(self, role: str) -> User:
        if role == "admin":
            return User.objects.create_superuser("admin")
        if role == "gone":
            user = self.world.agent("gone", "Gone Person", "Billing").user
            user.is_active = False
            user.save()
            return user
        return User.objects.get(username=role)


def start(**more) -> dict:
    return {"routing_point": "website", "client_id": str(uuid.uuid4()), **more}


def line(text="Hello", **more) -> dict:
    return {"id": str(uuid.uuid4()), "text": text, **more}


def forget_counts() -> None:
    """Starts are limited by address; tests make many from one."""
    cache.clear()
