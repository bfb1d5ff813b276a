"""What the configuration's document says of people: the site's options, roles, reasons, skills, groups, sign-ins."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from agents.actions import people
from agents.privileges import STORIES, SWITCHES
from core.configuration.document import Refused
from core.configuration.tables import Part, Table, register
from core.configuration.values import Column, named_by

from .models import Agent, AgentGroup, AgentSkill, MenuEntry, Reason, Role, Site, Skill

User = get_user_model()


def _user(name: str, field: str, of: str = "") -> Column:
    return Column(name, User._meta.get_field(field), of)


def _named(model) -> tuple[Column, ...]:
    return (Column("name", model._meta.get_field("name")),)


class HeardByAll(Table):
    """Every desk shows something of it."""

    def changed(self, rows: list, now) -> None:
        people.tell(Agent.objects.all())


class Privileges(HeardByAll):
    """Roles, and what points to them."""

    def changed(self, rows: list, now) -> None:
        super().changed(rows, now)
        people.other_privileges(Agent.objects.all())


class Roles(Privileges):
    def check(self, role: Role) -> Iterable[str]:
        if unknown := [str(each) for each in role.allowed if each not in SWITCHES]:
            yield f"there is no privilege {', '.join(unknown)}. There are: {', '.join(SWITCHES)}."
        chosen = [each for each in STORIES["Consultation"] if each in role.allowed]
        kinds = [each for each in chosen if "." in each]
        if bool(kinds) != (len(kinds) < len(chosen)):
            yield "allowed: choose both whom to consult and by what, or nothing of it."


class Options(Privileges):
    """Rows of which red comes after amber."""

    def check(self, row) -> Iterable[str]:
        site = Site.current()
        amber, red = (_or(getattr(row, name), getattr(site, name)) for name in ("pending_amber", "pending_red"))
        if amber >= red:
            yield f"pending_red: red comes after amber, which is {amber}. Give it more seconds."


def _or(value, otherwise):
    return otherwise if value is None else value


class Administrators(Table):
    def start(self) -> User:
        user = User(is_staff=True, is_superuser=True)
        user.set_unusable_password()
        return user

    def changed(self, rows: list, now) -> None:
        _require_administrator()


def _require_administrator() -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise Refused(
            "Nobody could open the administration any more. Leave one of the administrators as they are, or write one "
            "into the section administrators."
        )


class Agents(Options):
    """Each with the sign-in; a new one has no password until an administrator sets it."""

    def start(self) -> Agent:
        user = User()
        user.set_unusable_password()
        return Agent(user=user)

    def save(self, agent: Agent, now) -> None:
        user = agent.user
        user.is_staff = user.is_superuser
        user.full_clean(exclude=["password"])
        user.save()
        own = [each.name for each in self.columns if not each.of and not each.at.many_to_many]
        if not agent._state.adding:
            people.revise(agent, fields=own, now=now)
            return
        made = people.enroll(user, **{name: getattr(agent, name) for name in own}, now=now)
        agent.pk, agent._state.adding = made.pk, False
        agent.refresh_from_db()

    def remove(self, agent: Agent) -> None:
        """The sign-in goes with the agent, unless it is an administrator's."""
        agent.delete()
        if not agent.user.is_staff:
            agent.user.delete()

    def changed(self, rows: list, now) -> None:
        super().changed(rows, now)
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
