"""Agents, with their sign-in."""

from django.contrib import admin, messages
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from agents import status
from agents.actions import people
from agents.forms import ChangedAgentForm, NewAgentForm
from agents.models import Agent, Site
from agents.options import AGENT, at
from agents.privileges import SWITCHES, Held
from agents.showing import in_topics, table
from core.backoffice.names import Name, finder
from core.backoffice.pages import Page
from core.clock import now

from .skill import SkillsOfAgent

OWN_FIELDS = ["name", "nickname", "department", "supervisor", "role", *at(AGENT)]


@finder
def agent_names(ids) -> dict:
    found = Agent.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: Name(name, reverse("admin:agents_agent_change", args=[pk])) for pk, name in found}


@admin.register(Agent)
class AgentAdmin(Page):
    section, place = "People", 10
    about = "Who handles chats: name, sign-in, queues, groups and skills."
    instead = "Unset “May sign in” instead: the history keeps the name."
    list_display = ["name", "nickname", "department", "user_name", "of_groups", "of_queues", "chat_status", "active"]
    list_filter = [("user__is_active", admin.BooleanFieldListFilter), "supervisor", "groups", "skills", "queues"]
    list_select_related = ["user"]
    search_fields = ["name", "nickname", "department", "user__username"]
    search_help_text = "Name, nickname, department or user name"
    actions = ["shut_out", "let_in"]
    inlines = [SkillsOfAgent]
    fieldsets = [
        (None, {"fields": ["name", "nickname", "department", "email"]}),
        ("Sign-in", {"fields": ["username", "password", "existing", "may_sign_in", "administrator"]}),
        ("Work", {"fields": ["queues", "groups", "supervisor"]}),
        ("Privileges", {"fields": ["role", "privileges"]}),
        *in_topics(AGENT),
        (
            "In force",
            {"fields": ["in_force"], "description": "A queue's own word on auto answer comes before all of these."},
        ),
    ]
    readonly_fields = ["in_force", "privileges"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "queues", "channels__reason")

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        return [(name, {"fields": [f for f in box["fields"] if f != "existing"]}) for name, box in self.fieldsets]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, form=ChangedAgentForm if obj else NewAgentForm, **kwargs)
        form.by = request.user
        return form

    def changeform_view(self, request, *args, **kwargs):
        """Hashing takes its time, so it is done before the transaction begins."""
        password = request.POST.get("password")
        request.hashed = make_password(password) if password else None
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, agent, form, change):
        given = form.cleaned_data
        user = form.user()
        if not given.get("existing"):
            self._save_sign_in(user, given, request.hashed)
        if change:
            people.revise(agent, fields=OWN_FIELDS, now=now())
        else:
            agent.pk = people.enroll(user, **{name: given[name] for name in OWN_FIELDS}, now=now()).pk
            agent.refresh_from_db()

    def _save_sign_in(self, user, given: dict, hashed: str | None) -> None:
        user.username, user.email, user.is_active = given["username"], given["email"], given["may_sign_in"]
        user.is_staff = user.is_superuser = given["administrator"]
        user.password = hashed or user.password
        user.save()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.queues.set(form.cleaned_data["queues"])
        if {"role", "groups", "email", "may_sign_in"} & set(form.changed_data):
            people.other_privileges(Agent.objects.filter(pk=form.instance.pk))

    def delete_model(self, request, agent):
        """The sign-in goes with the agent, unless it is an administrator's."""
        super().delete_model(request, agent)
        if not agent.user.is_staff:
            agent.user.delete()

    @admin.action(description="Take away the sign-in")
    def shut_out(self, request, queryset):
        own = queryset.filter(user=request.user)
        if own.exists():
            self.message_user(request, "You cannot take away your own sign-in.", messages.ERROR)
            return
        self._let_in(request, queryset.filter(user__is_active=True), False, "Took away the sign-in.")

    @admin.action(description="Give the sign-in back")
    def let_in(self, request, queryset):
        self._let_in(request, queryset.filter(user__is_active=False), True, "Gave the sign-in back.")

    def _let_in(self, request, queryset, allowed: bool, words: str) -> None:
        agents = list(queryset.order_by("pk"))
        for agent in agents:
            self.remember(request, agent)
            people.let_in(agent.pk, allowed, now=now())
            self.log_change(request, agent, words)
        names = ", ".join(agent.name for agent in agents)
        self.message_user(request, f"{words} {names}" if names else "Nothing to change.")

    @admin.display(description="User name", ordering="user__username")
    def user_name(self, agent):
        return agent.user.username

    @admin.display(description="Groups")
    def of_groups(self, agent):
        return ", ".join(group.name for group in agent.groups.all())

    @admin.display(description="Queues")
    def of_queues(self, agent):
        return ", ".join(queue.name for queue in agent.queues.all())

    @admin.display(description="Chat")
    def chat_status(self, agent):
        chat = agent.chat()
        return status.words(chat.status, chat.reason and chat.reason.name) if chat else None

    @admin.display(description="Options")
    def in_force(self, agent):
        """What holds for the agent, and whose word it is."""
        if agent._state.adding:
            return "Shown here once the agent is saved."
        site = Site.current()
        return table((name, agent.option(name, site)) for name in at(AGENT))

    @admin.display(description="In force")
    def privileges(self, agent):
        """What the agent may do and may not, and whose word it is."""
        if agent._state.adding:
            return "Shown here once the agent is saved."
        held = agent.held
        rows = (
            (words, "yes" if held.has(switch) else "no", _whose(held, switch)) for switch, words in SWITCHES.items()
        )
        body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
        return format_html(
            "<table><caption>{}</caption><tbody>{}</tbody></table>", "What holds, and whose word it is", body
        )

    @admin.display(description="May sign in", boolean=True, ordering="user__is_active")
    def active(self, agent):
        return agent.user.is_active


def _whose(held: Held, switch: str) -> str:
    """The role that gives it; where none does, those that do not."""
    words = held.givers(switch) or held.words
    return ", ".join(f"{word.role} ({word.source})" for word in words) or "no role: as usual"
