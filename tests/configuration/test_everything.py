"""Nothing that administrators set is forgotten: a site with everything configured comes out of its file again."""

from django.apps import apps
from django.contrib.auth.models import User

from agents.options import AGENT, GROUP, OPTIONS, QUEUE, SITE, at
from agents.privileges import USUAL
from core.configuration import actions
from core.configuration.known import Known
from core.configuration.state import state
from core.configuration.tables import tables
from routing import wording
from tests.configuration.conftest import File
from tests.configuration.test_round_trip import empty
from tests.support import NOON

# Of the rows that the file holds: what is no configuration.
WORK = {
    "Agent": {"after_last", "idle_since", "locked_at", "logged_in_at", "missed", "outdated", "settings", "version"},
    "DispositionSet": {"revision", "uid"},
    "Reason": {"system"},
    "Skill": {"agents"},  # each agent names their skills
    "User": {
        "date_joined",
        "first_name",
        "groups",
        "is_staff",
        "last_login",
        "last_name",
        "password",
        "user_permissions",
    },
}
# Rows that come about by work, or hold a secret; all other models of Parley's own are in the file.
RECORDS = {
    "agents": {"ChannelStatus", "DeskSession", "StatusPeriod"},
    "core": {"ApiToken", "Change", "Event", "FeedHead", "KeptState", "Lease", "Process"},
    "interactions": {
        *("Call", "Consultation", "Contact", "ContactSession", "Conversation", "ConversationMember", "Inbox"),
        *("InstantMessage", "Interaction", "Invitation", "Lane", "Message", "OutgoingMail", "Party", "Reader", "Ring"),
        *("RoutingDecision", "Segment", "SurveyAnswer", "SurveyReply"),
    },
    "webhooks": {"Delivery", "Webhook"},
}


def held() -> dict:
    """{model: names of its fields that the file holds, as a column, as a name or as the row above}."""
    found: dict = {}
    for each in tables():
        for column in (*each.keys, *each.columns):
            found.setdefault(column.at.model if column.of else each.model, set()).add(column.at.name)
            found.setdefault(each.model, set()).add(column.of)
        for part in each.parts:
            own = {part.parent, part.key, getattr(part, "inside", "")} | {column.at.name for column in part.columns}
            found.setdefault(part.model, set()).update(own)
            if hasattr(part, "inside"):  # a path of folders: the last is its name
                found[part.model].add("name")
    return found


def test_each_field_of_what_is_configured_has_its_place():
    """Whoever adds a field that administrators set must not hide it from the file; other fields are named above."""
    for model, names in held().items():
        fields = {each.name for each in model._meta.get_fields() if each.concrete and not each.auto_created}
        key = {model._meta.pk.name}
        left = fields - names - key - WORK.get(model.__name__, set())
        assert left == ({"agent"} if model.__name__ == "Favourite" else set()), model


def test_each_model_is_in_the_file_or_a_record():
    for label, records in RECORDS.items():
        models = {each.__name__ for each in apps.get_app_config(label).get_models() if each not in held()}
        assert models == records
    routing = set(apps.get_app_config("routing").get_models())
    assert routing <= held().keys(), "all of routing is configuration"


def other(name: str):
    """A value of this option that is not the one it comes with."""
    option = OPTIONS[name]
    if option.kind is bool:
        return not option.default
    if option.choices:
        return next(value for value in option.choices if value != option.default)
    return "{queue}: {contact}" if option.kind is str else option.default + 1


def others(level: str) -> dict:
    return {name: other(name) for name in at(level)}


def configure(file: File) -> None:
    """Each thing that can be set is set somewhere to something else than it comes with."""
    file.data["site"] |= {"name": "Harbour", "role": "Trainee"} | others(SITE)
    file["roles"]["Learner"] = {"allowed": [str(each) for each in USUAL[:3]]}
    file["reasons"]["Tea"] = {"position": 9, "active": False}
    file["status_menu"]["do_not_disturb"] |= {"position": 7, "active": False}
    file["groups"]["Supervisors"] |= {"administrators": ["admin", "ana"]} | others(GROUP)
    file["agents"]["ana"] |= {"role": "Learner", "administrator": True} | others(AGENT)
    file["agents"]["cy"] |= {"may_sign_in": False}
    file["administrators"]["eva"] = {"email": "eva@harbour.example", "may_sign_in": False}
    span = {"weekday": "Tuesday", "opens": "8:00", "closes": "18:30"}
    eve = {"day": "2026-12-24", "opens": "9:00", "closes": "12:00", "name": "Christmas Eve"}
    file.data["opening_hours"] = {"Office": {"time_zone": "Europe/Berlin", "week": [span], "exceptions": [eve]}}
    _lines(file)
    _points(file)
    _outcomes(file)


def _lines(file: File) -> None:
    steps = [{"after": 60, "target": "Network"}, {"after": 120, "action": "message"}]
    needs = [{"skill": "Fibre", "level": 5}, {"skill": "Fibre", "level": 3, "after": 60}]
    about = {"strategy": "skill_level", "priority": -3, "ageing": 60, "opening_hours": "Office", "group": "Supervisors"}
    file["queues"]["Billing"] |= about | {"overflow": steps, "required_skills": needs} | others(QUEUE)


def _points(file: File) -> None:
    point = file["routing_points"]["website"]
    point |= {"language": "de", "active": False}
    point["fields"]["topic"] |= {"required": True}
    point["fields"]["order"] |= {"type": "number", "preview": False}
    asked = {"field": "topic", "operator": "contains", "value": "Net", "contact": "@big", "language": "de"}
    given = {"page": "/shop/", "hours": "Office", "when": "outside", "queue": "Network", "priority": 8, "position": 3}
    point["rules"].append(asked | given)
    texts = {"closed": wording.TEXTS["de"]["closed"] + "!"}
    file.data["contact_texts"] = [{"queue": "Billing", "language": "de", "texts": texts}]


def _outcomes(file: File) -> None:
    codes = file["disposition_sets"]["Outcomes"]
    codes["folders"] = {"Old": {"position": 2}}
    codes["codes"]["Old / Fax"] = {"position": 1, "active": False}
    rule = {"set": "Outcomes", "display": "dropdown", "max_codes": 2, "after_only": True}
    rule |= {"required": True, "required_of_others": True}
    file.data["disposition_rules"].append({"routing_point": "website"} | rule)
    question = {"text": "Where?", "kind": "choice", "choices": "Here\nThere", "required": True, "position": 4}
    survey = {"queue": "Billing", "title": "And?", "thanks": "Thanks.", "active": False}
    survey |= {"questions": {"where": question | {"active": False}}}
    file.data["surveys"] = {"After billing": survey}
    targets = {
        "person": "ana",
        "group": "Supervisors",
        "skill": "Fibre",
        "queue": "Billing",
        "routing_point": "website",
    }
    file.data["favourites"] = [{name: value} for name, value in targets.items()]


def unset() -> list[str]:
    """Columns that no row of the site says anything of."""
    found = []
    for each in tables():
        rows = list(state(Known(), [each.name])[each.name].values())
        found += [f"{each.name} / {one.name}" for one in each.columns if not any(one.name in row for row in rows)]
        for part in each.parts:
            below = [row.get(part.name) or {} for row in rows]
            lines = [line for given in below for line in (given.values() if part.key else given)]
            found += [
                f"{each.name} / {part.name} / {one.name}"
                for one in part.columns
                if not any(one.name in line for line in lines)
            ]
    return found


def test_with_everything_configured_an_empty_site_becomes_the_same(harbour):
    configure(harbour)
    harbour.apply()
    assert unset() == [], "a new field is set here, too, to something else than it comes with"
    text = actions.export()
    assert actions.plan(text, now=NOON).steps == [] and actions.apply(text, who="boss", now=NOON) == []
    bare = File()
    empty(bare)
    assert User.objects.filter(agent__isnull=False).count() == 0
    assert "Office" not in actions.export()
    actions.apply(text, who="boss", now=NOON)
    assert actions.export() == text
    actions.back(who="boss", now=NOON)
    actions.back(who="boss", now=NOON)
    assert actions.export() == text
