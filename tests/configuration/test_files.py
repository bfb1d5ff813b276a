"""Files that are wrong: each mistake names its place and what to do, and nothing changes."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from agents.models import Agent, AgentGroup, Role
from core.configuration import actions, document
from core.configuration.document import Refused
from core.configuration.tables import tables
from core.models import Change, Event, KeptState
from interactions.actions import arrival
from interactions.models import DispositionCode, DispositionSet
from routing.models import Queue, RoutingPoint
from tests.configuration.conftest import File
from tests.support import NOON, fresh


def refused(harbour, text: str | None = None) -> str:
    """What is said of this file, by plan and apply alike; nothing has changed."""
    text, before = harbour.text if text is None else text, (actions.export(), Event.objects.count())
    with pytest.raises(Refused) as planned:
        actions.plan(text, now=NOON)
    with pytest.raises(Refused) as applied:
        actions.apply(text, who="boss", now=NOON)
    assert (actions.export(), Event.objects.count()) == before
    assert not KeptState.objects.exists() and not Change.objects.exists()
    assert planned.value.mistakes == applied.value.mistakes
    return str(planned.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it begins with “parley: 1”"),
        ("queues: {}", "write “parley: 1”"),
        ("parley: 2", "write “parley: 1”"),
        ("parley: true", "write “parley: 1”"),
        ("parley: 1\nqueues: [", "line 3, column 1: this is no YAML"),
        ("parley: 1\n\tqueues: x", "found a tab character"),
        ("parley: 1\nqueues: {A: {}, A: {}}", "line 2: “A” stands here twice"),
        ("parley: 1\nqueues: &x {}\nskills: *x", "anchors and aliases"),
        ("parley: 1\nqueues: !!python/object:os.system {}", "write a plain value"),
        ("parley: 1\nsite: {name: \x00}", "no YAML"),
        ('parley: 1\nsite: {name: "a\\0b"}', "line 2: a text cannot hold the character \\0"),
        ('parley: 1\nsite: {"\\0": b}', "line 2: a text cannot hold the character \\0"),
        ('parley: 1\nsite: {name: "\\ud800"}', "no YAML"),
        ("parley: 1\n" + "[" * 3000, "no YAML"),
        ("parley: 1\nskills: " + "[" * 500_000 + "]" * 500_000, "line 2: this is nested too deeply"),
        ("parley: 1\nskills: " + "- " * 20_000, "no YAML"),
        ("- " * 20_000, "nested too deeply"),
        ("? " * 20_000, "nested too deeply"),
        ("parley: 1\nqeues: {}", "line 2, qeues: there is no such section. There are: roles, site"),
        ("parley: 1\nqueues: []", "line 2, queues: write rows by their names"),
        ("parley: 1\nfavourites: {}", "line 2, favourites: write a list of rows"),
        ("parley: 1\nqueues: {A: 5}", "line 2, queues / A: write what it has, by name"),
        ("parley: 1\nqueues:\n  A:\n    rign_time: 5", "line 4, queues / A / rign_time: there is no such thing here"),
        ("parley: 1\nqueues:\n  A:\n    ring_time: soon", "line 4, queues / A / ring_time: Write a whole number"),
        ("parley: 1\nagents: {dee: {nickname: D}}", "line 2, agents / dee: name is missing"),
        ("parley: 1\nfavourites: [{queue: Billing}, {queue: Billing}]", "stands in this section twice"),
        ("parley: 1\nopening_hours: {O: {week: [{weekday: Funday}]}}", "Monday, Tuesday"),
        ("parley: 1\nopening_hours: {O: {week: {}}}", "opening_hours / O / week: write a list of rows"),
        ("parley: 1\nopening_hours: {O: {time_zone: 5}}", "There is no time zone 5"),
        ("parley: 1\nopening_hours: {O: {week: [{weekday: Monday, opens: 8, closes: 9}]}}", "Write a time as 8:00"),
        ("parley: 1\nopening_hours: {O: {exceptions: [{day: 20261224}]}}", "Write a date as 2026-12-24"),
        ("parley: 1\nqueues: {A: {agents: [null, ana]}}", "there is an empty line in this list"),
        ("parley: 1\nroles: {Agent: {allowed: 5}}", "Write a list of texts"),
        ("parley: 1\nroles: {Agent: {allowed: [[a]]}}", "Write a list of texts"),
        ("parley: 1\ncontact_texts: [{texts: [a]}]", "Write texts by their names"),
        ("parley: 1\nsite: {lock_not_ready: maybe}", "Write true or false"),
        ("parley: 1\nqueues: {A: {strategy: Longest idle}}", "queues / A / strategy: Write one of longest_idle, "),
        (
            "parley: 1\nsurveys: {S: {questions: {q: {text: T, kind: stars}}}}",
            "kind: Write one of rating, choice, ",
        ),
        ("parley: 1\nsite: {name: }", "Write a value, or leave the line out"),
    ],
)
def test_what_cannot_be_read(harbour, text, words):
    assert words in refused(harbour, text)


WRONG = [None, True, 0, -1, 10**17, "", "x", "\ud800", "x" * 10_000, [], [None], [[]], [True], ["x"], {}, {"x": None}]


def columns() -> list:
    """Every place of the document that holds a value."""
    rows = [(each.keys, each.columns) for each in tables()]
    parts = [part for each in tables() for part in each.parts]
    rows += [((part.key_column,) if part.key else (), part.columns) for part in parts]
    return [column for keys, others in rows for column in (*keys, *others)]


@pytest.mark.parametrize("column", columns(), ids=lambda column: str(column.at))
def test_a_wrong_value_is_refused_wherever_it_stands(column):
    """Whatever somebody writes is refused in words, or is what such a place holds and stays so."""
    for value in WRONG:
        try:
            taken = column.normal(value)
        except ValidationError as error:
            assert all(error.messages), value
        else:
            assert json.loads(json.dumps(taken)) == taken == column.normal(taken), value


def test_all_mistakes_are_named_at_once(harbour):
    harbour["queues"]["Billing"] |= {"ring_time": 1, "idle_close": 1}
    harbour["agents"]["ana"]["groups"].append("Nobody")
    words = refused(harbour).splitlines()
    assert len(words) == 2 and all("greater than or equal to" in each for each in words)
    harbour["queues"]["Billing"] |= {"ring_time": 5, "idle_close": 10}
    assert "agents / ana / groups: There is no agent group “Nobody”. Describe it in its section" in refused(harbour)


def test_what_follows_from_a_mistake_is_not_said_as_another(harbour):
    """A row that names one that is refused, or one that is not there, is told that and nothing else."""
    harbour["queues"]["Sales"] = {"ring_time": 1, "opening_hours": "Late"}
    harbour["routing_points"]["shop"] = {"name": "Shop", "title": "Shop", "queue": "Sales"}
    harbour["surveys"]["Sales"] = {"queue": "Nobody's"}
    harbour["favourites"].append({"queue": "Nobody's"})
    said = [each.partition(", ")[2] for each in refused(harbour).splitlines()]
    assert [each.split(": ")[0] for each in said] == [
        "queues / Sales / opening_hours",
        "queues / Sales / ring_time",
        "surveys / Sales / queue",
        "favourites / 2 / queue",
    ]
    assert all("There is no queue “Nobody's”" in each for each in said[2:])


def test_lines_are_those_of_the_file(harbour):
    text = actions.export().replace("queue: Billing\n    fields", "queue: Biling\n    fields")
    line = text.splitlines().index("    queue: Biling") + 1
    place = f"line {line}, routing_points / website / queue"
    assert refused(harbour, text).startswith(f"{place}: There is no queue “Biling”")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f["routing_points"]["website"]["rules"][0].update(field="subject"), "asks a field “subject”"),
        (lambda f: f["routing_points"]["website"]["rules"][0].update(value="Netwrk"), "wants an answer “Netwrk”"),
        (lambda f: f["queues"]["Billing"]["overflow"][0].update(target="Billing"), "own agents are asked already"),
        (lambda f: f["queues"]["Billing"]["overflow"].append({"after": 9, "target": "Network"}), "already exists"),
        (lambda f: f["queues"]["Billing"].update(ageing=10**12), "less than or equal to 2147483647"),
        (lambda f: f["site"].update(capacity=10**6), "less than or equal to 32767"),
        (lambda f: f["queues"]["Billing"].update(required_skills=[{"after": 9, "skill": "Fibre"}]), "begins at 0"),
        (lambda f: f["favourites"].append({}), "favourites / 2: Write one target: person, group, skill"),
        (lambda f: f["favourites"].append({"queue": "Billing", "skill": "Fibre"}), "Write one target: person"),
        (
            lambda f: f["disposition_rules"][1].update(routing_point="website"),
            "A rule is for a queue or for",
        ),
        (lambda f: f["disposition_rules"][0].update(required_of_others=True), "asks the last owner too"),
        (lambda f: f["roles"]["Agent"].update(allowed=["fly"]), "there is no privilege fly"),
        (lambda f: f["groups"]["Supervisors"].update(pending_red=5), "red comes after amber, which is 30"),
        (lambda f: f["agents"]["bo"].update(email="nowhere"), "valid email"),
        (lambda f: f["administrators"]["admin"].update(email="nowhere"), "valid email"),
        (lambda f: f["administrators"].update({"a b": {}}), "Enter a valid username"),
        (lambda f: f["administrators"].update(ana={}), "an agent has this name"),
        (lambda f: f["agents"]["bo"].update(was="nobody", skills={"Flying": {}}), "There is no skill “Flying”"),
        (lambda f: f["status_menu"].update(holiday={"position": 1}), "neither added nor removed"),
        (lambda f: f["status_menu"].pop("ready"), "neither added nor removed"),
        (lambda f: f["disposition_sets"]["Outcomes"]["codes"].update({"Billing / Paid": {}}), "Its folder Billing"),
        (lambda f: f["contact_texts"].append({"texts": {"hello": "x"}}), "there is no text “hello”"),
        (lambda f: f.data.update(administrators={}), "Nobody could open the administration"),
        (lambda f: f["disposition_sets"]["Outcomes"].update(codes={}), "has no active code"),
        (
            lambda f: f["opening_hours"].update(Day={"exceptions": [{"day": "2026-12-24", "opens": "8:00"}]}),
            "opening_hours / Day / exceptions / 1: Give both times, or none for a day that is closed.",
        ),
        (lambda f: f["routing_points"]["website"].update(queue=None), "website / queue: This field cannot be null."),
    ],
)
def test_what_the_models_and_the_checks_refuse(harbour, change, words):
    change(harbour)
    assert words in refused(harbour)


def test_what_the_history_needs_stays_in_words(harbour):
    arrival.start("website", client_id="c", answers={"topic": "Billing"}, now=NOON)
    harbour["queues"].pop("Billing")
    harbour["routing_points"]["website"]["queue"] = "Network"
    harbour["queues"]["Network"].pop("overflow")
    harbour["disposition_rules"][:] = harbour["disposition_rules"][:1]
    assert "queues / Billing: it is not in the file, and cannot be removed" in refused(harbour)


def test_doubts_are_said_and_do_not_hinder(harbour):
    harbour["queues"]["Sales"] = {}
    assert [each.words for each in harbour.plan().doubts] == ["Sales has no agents: chats would wait for ever."]
    harbour.apply()
    assert Queue.objects.filter(name="Sales").exists()


def test_a_section_that_is_left_out_stays_as_it_is(harbour):
    before = document.read(actions.export()).data
    actions.apply("parley: 1\nskills:\n  Fibre: {}\n  Copper: {}\n", who="boss", now=NOON)
    assert document.read(actions.export()).data == before | {"skills": {"Copper": {}, "Fibre": {}}}


def test_a_new_agent_has_no_password_and_one_who_goes_takes_the_sign_in_along(harbour):
    harbour["agents"]["dee"] = {"name": "Dee Wood", "nickname": "Dee", "email": "dee@harbour.example"}
    harbour.apply()
    dee = Agent.objects.get(user__username="dee")
    assert not dee.user.has_usable_password() and dee.chat().status == "logged_off"
    harbour["agents"].pop("dee")
    harbour.apply()
    assert not User.objects.filter(username="dee").exists()


def test_an_administrator_becomes_an_agent_and_an_agent_an_administrator(harbour):
    """One sign-in, in whichever section it stands, with the password that it has; and back again."""
    before, admin, ana = actions.export(), *(User.objects.get(username=name) for name in ("admin", "ana"))
    harbour["agents"]["admin"] = {"name": "Ada Min", "nickname": "Ada"}
    harbour.data["administrators"] = {"ana": {"email": "ana@harbour.example"}}
    del harbour["agents"]["ana"]
    for queue in harbour["queues"].values():
        queue["agents"] = [name for name in queue["agents"] if name != "ana"]
    harbour.apply()
    assert Agent.objects.get(name="Ada Min").user == admin and not fresh(admin).is_superuser
    assert fresh(ana).is_superuser and not Agent.objects.filter(user=ana).exists()
    assert File().data == harbour.data
    actions.back(who="boss", now=NOON)
    assert actions.export() == before
    assert (fresh(ana).password, fresh(admin).password) == (ana.password, admin.password)


def test_a_row_may_be_renamed_and_stays_the_same(harbour):
    billing = Queue.objects.get(name="Billing")
    harbour["queues"]["Accounts"] = harbour["queues"].pop("Billing") | {"was": "Billing"}
    harbour["routing_points"]["website"]["queue"] = "Accounts"
    for rule in harbour["disposition_rules"]:
        rule.update({"queue": "Accounts"} if rule.get("queue") == "Billing" else {})
    steps = harbour.apply()
    assert [step.was for step in steps if step.was] == ["Billing"]
    billing.refresh_from_db()
    assert billing.name == "Accounts" and RoutingPoint.objects.get().queue == billing


def test_codes_keep_who_they_are(harbour):
    resolved = DispositionCode.objects.get(name="Resolved")
    harbour["disposition_sets"]["Outcomes"]["codes"]["Resolved"]["active"] = False
    harbour.apply()
    assert DispositionCode.objects.get(name="Resolved").pk == resolved.pk
    assert DispositionSet.objects.get(name="Outcomes").revision


def test_desks_hear_of_it(harbour, django_capture_on_commit_callbacks):
    before = Agent.objects.get(user__username="ana").version
    harbour["groups"]["Billing team"]["capacity"] = 5
    harbour.apply()
    ana = Agent.objects.get(user__username="ana")
    assert ana.version > before and ana.slots() == 5
    harbour["groups"]["Billing team"]["role"] = "Trainee"
    harbour.apply()
    assert Agent.objects.get(pk=ana.pk).outdated, "the engine follows other privileges up"


def test_a_plan_holds_for_the_state_it_was_made_for(harbour):
    harbour["queues"]["Billing"]["ring_time"] = 12
    basis = harbour.plan().basis
    AgentGroup.objects.create(name="Floor")
    with pytest.raises(Refused, match="has changed since this plan"):
        harbour.apply(basis=basis)
    assert Queue.objects.get(name="Billing").ring_time is None


def test_nobody_takes_the_right_from_themselves(harbour):
    admin = User.objects.get(username="admin")
    User.objects.create(username="other", is_staff=True, is_superuser=True)
    harbour.data["administrators"] = {"other": {}, "admin": {"may_sign_in": False}}
    with pytest.raises(Refused, match="your own sign-in"):
        harbour.apply(by=admin)
    admin.refresh_from_db()
    assert admin.is_active
    harbour.apply()
    admin.refresh_from_db()
    assert not admin.is_active


def test_what_was_done_is_written_down(harbour):
    harbour["roles"]["Clerk"] = {"allowed": ["use_chat"]}
    harbour["queues"]["Billing"]["priority"] = 3
    harbour.apply()
    assert Event.objects.get(name="configuration.applied").data == {"add": 1, "change": 1, "remove": 0}
    change = Change.objects.get(section="queues")
    assert (change.row, change.who, change.way, change.before.get("priority"), change.after["priority"]) == (
        "Billing",
        "boss",
        "file",
        None,
        3,
    )
    assert Role.objects.get(name="Clerk").allowed == ["use_chat"]
