"""Surveys with their questions, and what contacts answered."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from core.backoffice.pages import Blocks, Page, ReadOnlyPage
from interactions.models import Survey, SurveyQuestion, SurveyReply
from interactions.models.survey import BEST


class QuestionInline(Blocks):
    model = SurveyQuestion
    fields = [("position", "key", "text"), ("kind", "choices"), ("required", "active")]
    verbose_name, verbose_name_plural = "question", "Questions"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "choices":
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3, "cols": 24})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Survey)
class SurveyAdmin(Page):
    section, place = "Outcomes", 40
    about = (
        "What contacts are asked when their chat is over. The survey of the queue in which it ended counts, "
        "else the one without a queue. Whom nobody answered is asked nothing."
    )
    instead = "Unset Active instead: it is asked no longer, and what was answered stays."
    fields = ["name", "queue", "title", "thanks", "active"]
    inlines = [QuestionInline]
    list_display = ["name", "applies_to", "asks", "active"]
    list_filter = ["active"]
    list_select_related = ["queue"]
    autocomplete_fields = ["queue"]
    search_fields = ["name", "queue__name"]
    search_help_text = "Name of a survey or of its queue"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("questions")

    @admin.display(description="For", ordering="queue__name")
    def applies_to(self, survey):
        return f"Queue {survey.queue}" if survey.queue else survey.place

    @admin.display(description="Asks", empty_value="nothing")
    def asks(self, survey):
        return ", ".join(question.key for question in survey.questions.all() if question.active) or None


@admin.register(SurveyReply)
class SurveyReplyAdmin(ReadOnlyPage):
    place = 52
    menu_name = "Survey replies"
    about = "What contacts answered when their chats were over, newest first."
    fields = ["interaction", "survey", "at", "said"]
    readonly_fields = ["said"]
    list_display = ["answered", "about_chat", "queue", "survey", "said"]
    list_filter = ["survey", "interaction__queue"]
    list_select_related = ["survey", "interaction__contact", "interaction__queue"]
    search_fields = ["answers__value", "interaction__contact__name"]
    search_help_text = "Words of an answer, or name of a contact"
    date_hierarchy = "at"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("answers__question")

    @admin.display(description="Answered", ordering="at")
    def answered(self, reply):
        return f"{localtime(reply.at):%Y-%m-%d %H:%M}"

    @admin.display(description="Chat")
    def about_chat(self, reply):
        address = reverse("admin:interactions_interaction_change", args=[reply.interaction_id])
        return format_html('<a href="{}">{}</a>', address, reply.interaction.contact.label)

    @admin.display(description="Queue")
    def queue(self, reply):
        return reply.interaction.queue

    @admin.display(description="Answers")
    def said(self, reply):
        rows = ((answer.question.text, _with_scale(answer)) for answer in reply.answers.all())
        return format_html_join("", "<div>{} <b>{}</b></div>", rows)


def _with_scale(answer) -> str:
    return f"{answer.value} of {BEST}" if answer.question.kind == SurveyQuestion.RATING else answer.value
