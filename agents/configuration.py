"""What the configuration's document says of people: the site's options, roles, reasons, skills, groups, sign-ins."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from agents.actions import people
from agents.privileges import STORIES, SWITCHES
from core import many
from core.configuration import storing
from core.configuration.document import Refused
from core.configuration.known import Known
from core.configuration.tables import Below, Part, Row, Table, register, table
from core.configuration.values import Column, named_by

from .models import Agent, AgentGroup, AgentSkill, MenuEntry, Reason, Role, Site, Skill

User = get_user_model()
SIGN_IN = ("username", "email", "is_active", "is_superuser", "is_staff")


def _user(name: str, field: str, of: str = "") -> Column:
    return Column(name, User._meta.get_field(field), of)


def _named(model) -> tuple[Column, ...]:
    return (Column("name", model._meta.get_field("name")),)


def everybody_waits() -> None:
    Agent.hold(Agent.objects.all())


def everybody_sees() -> None:
    people.tell(Agent.objects.all())


def everybody_may() -> None:
    people.other_privileges(Agent.objects.all())


class HeardByAll(Table):
    """Every desk shows something of it."""

    def hold(self) -> Iterable:
        return [everybody_waits]

    def hear(self) -> Iterable:
        return [everybody_sees]


class Privileges(HeardByAll):
    """Roles, and what points to them."""

    def hear(self) -> Iterable:
        return [everybody_sees, everybody_may]


class Roles(Privileges):
    def check(self, role: Role, below: Below, known: Known) -> Iterable[str]:
        if unknown := [str(each) for each in role.allowed if each not in SWITCHES]:
            yield f"there is no privilege {', '.join(unknown)}. There are: {', '.join(SWITCHES)}."
        chosen = [each for each in STORIES["Consultation"] if each in role.allowed]
        kinds = [each for each in chosen if "." in each]
        if bool(kinds) != (len(kinds) < len(chosen)):
            yield "allowed: choose both whom to consult and by what, or nothing of it."


class Options(Privileges):
    """Rows of which red comes after amber."""

    def check(self, row, below: Below, known: Known) -> Iterable[str]:
        site = next(iter(known.rows(table("site")).values()), None) or Site()
        amber, red = (_or(getattr(row, name), getattr(site, name)) for name in ("pending_amber", "pending_red"))
        if amber >= red:
            yield f"pending_red: red comes after amber, which is {amber}. Give it more seconds."


def _or(value, otherwise):
    return otherwise if value is None else value


def _sign_in(user: User | None) -> User:
    """The one of this name, which may stand in another section until now; else a new one without a password."""
    if user is None:
        user = User()
        user.set_unusable_password()
    return user


class Administrators(Table):
    """Those who are no agents."""

    def start(self, key: Row, known: Known) -> User:
        user = _sign_in(known.named(User).get(key["username"]))
        user.is_staff = user.is_superuser = True
        return user

    def to_clean(self, user: User) -> Iterable[tuple]:
        return [(user, ["password"])]

    def check(self, user: User, below: Below, known: Known) -> Iterable[str]:
        if user.username in known.named(Agent):
            yield "an agent has this name. Write administrator: true there, or take the agent out."

    def store(self, added: list[User], changed: list[User], now) -> None:
        _store(added + changed)

    def changed(self, rows: list) -> None:
        _require_administrator()


def _store(users: list[User]) -> None:
    """Of those who are there, what the document says."""
    many.update([user for user in users if not user._state.adding], SIGN_IN)
    storing.insert([user for user in users if user._state.adding])


def _require_administrator() -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise Refused(
            "Nobody could open the administration any more. Leave one of the administrators as they are, or write one "
            "into the section administrators."
        )


class Agents(Options):
    """Each with the sign-in; a new one has no password until an administrator sets it, unless they could sign in."""

    def start(self, key: Row, known: Known) -> Agent:
        name = key["username"]
        return Agent(user=_sign_in(None if name in known.named(Agent) else known.named(User).get(name)))

    def settle(self, agent: Agent) -> None:
        agent.user.is_staff = agent.user.is_superuser

    def to_clean(self, agent: Agent) -> Iterable[tuple]:
        return [(agent, self.without), (agent.user, ["password"])]

    def store(self, added: list[Agent], changed: list[Agent], now) -> None:
        _store([agent.user for agent in added + changed])
        people.enroll_all(added, now=now)
        own = [each.name for each in self.columns if not each.of and not each.at.many_to_many]
        people.revise_all(changed, fields=own, now=now)

    def remove(self, agents: list[Agent]) -> None:
        """The sign-in goes with the agent, unless it is an administrator's."""
        storing.remove(agents)
        storing.remove([agent.user for agent in agents if not agent.user.is_staff])

    def changed(self, rows: list) -> None:
        _require_administrator()


def describe() -> None:
    for model in (Role, Skill, AgentGroup, Reason):
        named_by(model, "name")
    named_by(Agent, "user__username")
    named_by(User, "username")
    register(
        Roles("roles", Role, _named(Role), instead="Give its agents, groups and the site another role."),
        Options("site", Site),
        Table("skills", Skill, _named(Skill), without=("agents",), instead="Take its agents out instead."),
        HeardByAll(
            "reasons",
            Reason,
            _named(Reason),
            rows=lambda: Reason.objects.filter(system=False),
            instead="Write active: false instead.",
        ),
        HeardByAll("status_menu", MenuEntry, (Column("status", MenuEntry._meta.get_field("status")),), fixed=True),
        Options("groups", AgentGroup, _named(AgentGroup), instead="Take its agents out instead."),
        Agents(
            "agents",
            Agent,
            (_user("username", "username", "user"),),
            beside=(
                _user("email", "email", "user"),
                _user("may_sign_in", "is_active", "user"),
                _user("administrator", "is_superuser", "user"),
            ),
            without=("user",),
            parts=(Part("skills", AgentSkill, "agent", "skill"),),
            instead="Write may_sign_in: false instead: the history keeps the name.",
            covers=(AgentSkill,),
        ),
        Administrators(
            "administrators",
            User,
            (_user("username", "username"),),
            rows=lambda: User.objects.filter(is_superuser=True, agent=None),
            without=tuple(f.name for f in User._meta.get_fields() if f.concrete),
            beside=(_user("email", "email"), _user("may_sign_in", "is_active")),
            instead="Write may_sign_in: false instead: the history shows changes of theirs.",
        ),
    )
