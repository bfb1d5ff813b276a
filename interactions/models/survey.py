"""Surveys: what contacts are asked when their chat is over, and what they answered."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from routing.models import Queue

from .interaction import Interaction

BEST = 5  # of a rating, which begins at 1
TEXT_LIMIT, CHOICE_LIMIT = 2000, 200


class SurveyQuerySet(models.QuerySet):
    def asked(self):
        """The active ones with the questions that they ask."""
        questions = SurveyQuestion.objects.filter(active=True)
        return self.filter(active=True).prefetch_related(models.Prefetch("questions", questions, to_attr="asks"))


class Survey(models.Model):
    """Questions for the contacts of one queue, or of all queues that have none of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="For administrators, e.g. After billing.")
    queue = models.OneToOneField(
        Queue,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="survey",
        help_text="Chats that end in this queue, e.g. Billing. Empty: all queues without a survey of their own.",
    )
    title = models.CharField(max_length=120, default="How was it?", help_text="What contacts read above the questions.")
    thanks = models.CharField(
        max_length=300, default="Thank you for your answers.", help_text="What they read when they have answered."
    )
    active = models.BooleanField(default=True, help_text="Unset to ask no longer; what was answered stays.")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(queue=None, then=1)),
                name="one_survey_for_all_queues",
                violation_error_message="There is one for all other queues already: choose a queue, or change that.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return str(self.queue or "Every other queue")


class SurveyQuestion(models.Model):
    """One question. A rating is a number from 1 to 5."""

    RATING, CHOICE, TEXT = "rating", "choice", "text"
    KINDS = [(RATING, "Rating, 1 to 5"), (CHOICE, "Choice"), (TEXT, "Text")]

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    key = models.CharField(
        max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", "Small letters, digits and _ only, e.g. solved.")],
        help_text="Name for the journal and other programs, e.g. solved.",
    )
    text = models.CharField(max_length=200, help_text="What contacts read, e.g. How content are you with our answer?")
    kind = models.CharField(max_length=10, choices=KINDS, default=RATING)
    choices = models.TextField(blank=True, help_text="For a choice: one answer per line.")
    required = models.BooleanField(default=False, help_text="Without an answer to it nothing is sent.")
    active = models.BooleanField(default=True, help_text="Unset to ask it no longer; what was answered stays.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order, smallest first.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="one_question_per_key"),
            models.CheckConstraint(condition=Q(kind__in=["rating", "choice", "text"]), name="question_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return self.text

    def answers(self) -> list[str]:
        """What can be chosen."""
        if self.kind == self.RATING:
            return [str(value) for value in range(1, BEST + 1)]
        return [line.strip() for line in self.choices.splitlines() if line.strip()] if self.kind == self.CHOICE else []

    def mistake(self, value: str) -> str | None:
        """What is wrong with this answer, as a key of the contact's words; "" is no answer."""
        if not value:
            return "required" if self.required else None
        if self.kind == self.TEXT:
            return "too_long_answer" if len(value) > TEXT_LIMIT else None
        return None if value in self.answers() else "wrong_choice"

    def clean(self):
        if self.kind == self.CHOICE and not self.answers():
            raise ValidationError({"choices": "A choice needs at least one answer, one per line."})
        if any(len(answer) > CHOICE_LIMIT for answer in self.answers()):
            raise ValidationError({"choices": f"An answer has at most {CHOICE_LIMIT} letters."})


class SurveyReply(models.Model):
    """What the contact of one chat answered, all at once."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="reply")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="replies")
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name, verbose_name_plural = "survey reply", "survey replies"

    def __str__(self) -> str:
        return f"{self.survey}, {self.at:%Y-%m-%d %H:%M}"


class SurveyAnswer(models.Model):
    """The answer to one question: "4", the words that were chosen, or the contact's own."""

    reply = models.ForeignKey(SurveyReply, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="given")
    value = models.TextField()

    class Meta:
        ordering = ["question__position", "question_id"]
        constraints = [models.UniqueConstraint(fields=["reply", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"
