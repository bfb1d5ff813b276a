"""The demo: a small internet provider with its people, loaded into an empty site and never again."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction

from agents.actions import people
from agents.models import Agent, AgentGroup, Reason, Site, Skill
from core.models import Event
from interactions import demo_outcomes, demo_roles, demo_survey
from interactions.models import Favourite
from routing.models import OverflowStep, PreChatField, Queue, RoutingPoint, RoutingRule

User = get_user_model()
DEMO = uuid.uuid5(uuid.NAMESPACE_URL, "parley:demo")
SITE, SLUG, ADMINISTRATOR = "Harbour Net", "website", "admin"


class Person(NamedTuple):
    """An agent of the demo. `does`: what a newcomer can try with them."""

    username: str
    name: str
    department: str
    group: str
    queues: tuple[str, ...]
    does: str
    supervisor: bool = False

    @property
    def nickname(self) -> str:
        return self.name.split()[0]


PEOPLE = (
    Person("ana", "Ana Ruiz", "Billing", "Billing team", ("Billing", "Network"), "takes the chat and asks for help"),
    Person("bo", "Bo Lind", "Network", "Network team", ("Billing", "Network"), "joins the chat and goes on with it"),
    Person("cy", "Cy Marsh", "Network", "Network team", ("Network",), "takes chats about the network only"),
    Person("sue", "Sue Park", "Service", "Supervisors", (), "supervises; no queue of their own", supervisor=True),
)
SIGN_INS = (*(person.username for person in PEOPLE), ADMINISTRATOR)
REASONS = ("Lunch", "Meeting", "Training")
SKILL, LEVELS = "Fibre", {"bo": 8, "cy": 5}
SECOND_LEVEL, SECOND_LEVEL_PEOPLE = "Second level", ("bo", "cy")


def is_loaded() -> bool:
    return Event.objects.filter(subject=DEMO).exists()


def is_empty() -> bool:
    """Nobody has ever worked with this site: the demo may be loaded."""
    return not User.objects.exists()


def load(password: str, *, now: datetime) -> None:
    """Everything at once, or nothing. Emits demo.loaded."""
    hashes = {username: make_password(password) for username in SIGN_INS}
    with transaction.atomic():
        Event.objects.create(subject=DEMO, version=1, name="demo.loaded", actor="setup", at=now)
        Site.objects.get_or_create(defaults={"name": SITE})
        queues = {name: Queue.objects.get_or_create(name=name)[0] for name in ("Billing", "Network")}
        _people(hashes, queues, now)
        demo_roles.load()
        _targets(queues["Network"])
        _routing(queues)
        _overflow(queues)
        demo_outcomes.load(queues)
        demo_survey.load()


def reset_password(password: str) -> None:
    """The demo's people who are still there get this password."""
    for user in User.objects.filter(username__in=SIGN_INS):
        user.set_password(password)
        user.save(update_fields=["password"])


def demo_page_context() -> dict | None:
    """What the guide shows: the demo's people as they are now. None where the demo was not loaded."""
    if not is_loaded():
        return None
    agents = Agent.objects.active().filter(user__username__in=SIGN_INS).select_related("user")
    found = {agent.user.username: agent for agent in agents.prefetch_related("queues")}
    point = RoutingPoint.objects.filter(slug=SLUG, active=True).first()
    return {
        "site": Site.current(),
        "point": point,
        "contact_url": f"/chat/{SLUG}/" if point else None,
        "people": [_guide(person, found[person.username]) for person in PEOPLE if person.username in found],
        "administrator": User.objects.filter(username=ADMINISTRATOR, is_active=True, is_superuser=True).exists(),
    }


def _guide(person: Person, agent: Agent) -> dict:
    return {
        "username": person.username,
        "name": agent.name,
        "nickname": agent.nickname,
        "department": agent.department,
        "queues": [queue.name for queue in agent.queues.all()],
        "supervisor": agent.supervisor,
        "does": person.does,
    }


def _people(hashes: dict, queues: dict, now: datetime) -> None:
    for person in PEOPLE:
        user = User.objects.create(
            username=person.username, email=f"{person.username}@harbour.example", password=hashes[person.username]
        )
        agent = people.enroll(
            user,
            name=person.name,
            nickname=person.nickname,
            department=person.department,
            supervisor=person.supervisor,
            groups=[AgentGroup.objects.get_or_create(name=person.group)[0]],
            now=now,
        )
        agent.queues.set([queues[name] for name in person.queues])
    User.objects.create(username=ADMINISTRATOR, password=hashes[ADMINISTRATOR], is_staff=True, is_superuser=True)
    for position, name in enumerate(REASONS):
        Reason.objects.get_or_create(name=name, defaults={"position": position})


def _targets(favourite: Queue) -> None:
    """Whom an agent can ask into a chat, beside queues and people."""
    agents = {agent.user.username: agent for agent in Agent.objects.select_related("user")}
    skill = Skill.objects.get_or_create(name=SKILL)[0]
    for username, level in LEVELS.items():
        skill.levels.get_or_create(agent=agents[username], defaults={"level": level})
    group = AgentGroup.objects.get_or_create(name=SECOND_LEVEL)[0]
    group.agents.add(*(agents[username] for username in SECOND_LEVEL_PEOPLE))
    Favourite.objects.get_or_create(agent=None, queue=favourite)


def _routing(queues: dict) -> None:
    values = {"name": "Website", "title": SITE, "queue": queues["Billing"]}
    point, made = RoutingPoint.objects.get_or_create(slug=SLUG, defaults=values)
    if made:
        choices = "\n".join(queues)
        values = {"label": "What is it about?", "type": PreChatField.CHOICE, "choices": choices}
        PreChatField.objects.create(routing_point=point, key="topic", **values)
        order = {"label": "Order number", "asked": False, "editable": True, "position": 1}
        PreChatField.objects.create(routing_point=point, key="order", **order)
        RoutingRule.objects.create(routing_point=point, field="topic", value="Network", queue=queues["Network"])


def _overflow(queues: dict) -> None:
    """Who waits long for Billing is offered to Network too; whoever waits longer may leave a message."""
    also = {"after": 120, "target": queues["Network"]}
    OverflowStep.objects.get_or_create(queue=queues["Billing"], action=OverflowStep.ALSO, defaults=also)
    for queue in queues.values():
        OverflowStep.objects.get_or_create(queue=queue, action=OverflowStep.MESSAGE, defaults={"after": 180})
