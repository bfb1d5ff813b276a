"""What happened in a chat, whole and read-only: transcript of all lanes, people, invitations, routing."""

import heapq
from operator import attrgetter

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from core.backoffice.names import Name, finder, id_in, names
from core.backoffice.pages import ReadOnlyPage
from core.clock import now
from core.models import Event
from interactions.admin.mail import state_of, writer_of
from interactions.models import Interaction, Invitation, Message, SurveyReply
from interactions.models.disposition import NOT_SET, labels
from interactions.models.favourite import TYPES
from interactions.models.lane import INTERNAL, PUBLIC

LINES_PER_PAGE = 300
ENDED = {
    "end": "by an agent",
    "left": "the contact left",
    "grace": "the contact did not come back",
    "idle": "the contact was idle",
    "lost": "the last agent was lost",
}
KINDS = {type: label.lower() for type, label in TYPES}


@finder
def interaction_names(ids) -> dict:
    found = Interaction.objects.filter(pk__in=ids).select_related("contact")
    page = "admin:interactions_interaction_change"
    return {row.pk: Name(row.contact.label, reverse(page, args=[row.pk])) for row in found}


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyPage):
    place = 50
    about = "Every chat with its transcript, people, invitations and routing decisions. Nothing here can be changed."
    list_display = ["contact", "state", "queue", "handled_by", "came", "lasted", "ended"]
    list_display_links = ["contact"]
    list_filter = ["state", "queue", "routing_point"]
    list_select_related = ["contact", "queue"]
    search_fields = ["contact__name", "contact__email"]
    search_help_text = "Name or e-mail of the contact"
    date_hierarchy = "created_at"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("segments__agent")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A page of its own, outside of any transaction: it reads much and writes nothing."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        chat = self.get_object(request, unquote(object_id))
        if chat is None:
            raise Http404("There is no such interaction.")
        context = {
            **self.admin_site.each_context(request),
            **story(chat, request.GET.get("p")),
            "title": f"Chat with {chat.contact.label}",
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/interactions/interaction/story.html", context)

    @admin.display(description="Agents")
    def handled_by(self, chat):
        return ", ".join(dict.fromkeys(segment.agent.nickname for segment in chat.segments.all()))

    @admin.display(description="Came", ordering="created_at")
    def came(self, chat):
        return f"{localtime(chat.created_at):%Y-%m-%d %H:%M}"

    @admin.display(description="Lasted")
    def lasted(self, chat):
        return timesince(chat.created_at, chat.ended_at or now())

    @admin.display(description="Ended")
    def ended(self, chat):
        return how_ended(chat)


def story(chat: Interaction, page=None) -> dict:
    """Everything about one chat for the page, in a fixed number of queries."""
    return {
        "chat": chat,
        "how_ended": how_ended(chat),
        "case": _case(chat),
        "parties": _parties(chat),
        "segments": _segments(chat),
        "invitations": _invitations(chat),
        "lines": _lines(chat, page),
        "mails": _mails(chat),
        "reply": _reply(chat),
        "events": _events(chat),
    }


def how_ended(chat: Interaction) -> str:
    return ENDED.get(chat.end_cause, chat.end_cause)


def _case(chat: Interaction) -> list[tuple[str, str]]:
    """As the contact's form calls it; a key whose field is gone stands for itself."""
    labels = dict(chat.routing_point.fields.values_list("key", "label"))
    return [(labels.get(key, key), value) for key, value in chat.case.items()]


def _parties(chat: Interaction):
    return chat.parties.select_related("agent", "invited_by")


def _segments(chat: Interaction) -> list:
    """Each with its outcome in words; a code keeps its name and folders after it was retired."""
    found = list(chat.segments.select_related("agent", "queue").prefetch_related("codes"))
    paths = labels({code for segment in found for code in segment.codes.all()})
    for segment in found:
        codes = [paths[code.id] for code in segment.codes.all()]
        segment.outcome = ", ".join(codes) or (NOT_SET if segment.not_set else "")
    return found


def _invitations(chat: Interaction) -> list[Invitation]:
    """With every agent at whom each rang, and why routing chose whom."""
    rows = Invitation.objects.filter(interaction=chat).with_targets()
    found = list(rows.prefetch_related("rings__agent", "decisions__chosen"))
    for invitation in found:
        invitation.target_kind = KINDS[invitation.target_type]
    return found


def _lines(chat: Interaction, number):
    """One page of all lanes, merged by time; a lane keeps its own order. Each line says who reads it."""
    rows = Message.objects.filter(lane__interaction=chat).select_related("lane", "party")
    page = Paginator(rows.order_by("at", "lane_id", "number"), LINES_PER_PAGE).get_page(number)
    lanes: dict = {}
    for line in page:
        line.readers = {PUBLIC: "", INTERNAL: "agents only"}.get(line.lane.name, "consultation")
        lanes.setdefault(line.lane_id, []).append(line)
    ordered = (sorted(lines, key=attrgetter("number")) for lines in lanes.values())
    page.object_list = list(heapq.merge(*ordered, key=attrgetter("at")))
    return page


def _mails(chat: Interaction) -> list:
    found = list(chat.mails.select_related("author", "party").order_by("created_at"))
    for row in found:
        row.how, row.by = state_of(row), writer_of(row)
    return found


def _reply(chat: Interaction) -> SurveyReply | None:
    replies = SurveyReply.objects.filter(interaction=chat).select_related("survey")
    return replies.prefetch_related("answers__question").first()


def _events(chat: Interaction) -> list[Event]:
    events = list(Event.objects.filter(subject=chat.pk).order_by("version"))
    known = names({id for event in events if (id := id_in(event.actor))})
    for event in events:
        name = known.get(id_in(event.actor))
        event.who = name.label if name else event.actor
    return events
