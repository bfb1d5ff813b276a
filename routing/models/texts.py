"""What contacts read, in the site's own words."""

from django.db import models
from django.db.models import Q

from routing import wording

from .queue import Queue


class ContactTextsQuerySet(models.QuerySet):
    def for_chat(self, queue_id, language: str) -> wording.Wording:
        """The words in force for a queue and a language; what nobody wrote is the product's own."""
        rows = self.filter(Q(queue=queue_id) | Q(queue=None), language__in=(language, ""))
        found = {(row.queue_id is not None, bool(row.language)): row.texts for row in rows}
        return wording.Wording(language, [found[kind] for kind in wording.ORDER if kind in found])


class ContactTexts(models.Model):
    """Texts of the contact's page for one queue (or all) in one language (or all): {key: words}."""

    queue = models.ForeignKey(
        Queue,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contact_texts",
        help_text="Empty: every queue without words of its own.",
    )
    language = models.CharField(
        max_length=8,
        blank=True,
        choices=list(wording.LANGUAGES.items()),
        help_text="Empty: every language without words of its own.",
    )
    texts = models.JSONField(default=dict, blank=True)

    objects = ContactTextsQuerySet.as_manager()

    class Meta:
        ordering = [models.F("queue__name").asc(nulls_first=True), "language"]
        verbose_name = verbose_name_plural = "contact's texts"
        constraints = [
            models.UniqueConstraint(fields=["queue", "language"], name="one_row_of_texts_per_queue_and_language"),
            models.UniqueConstraint(
                fields=["language"], condition=Q(queue=None), name="one_row_of_texts_per_language_for_all_queues"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue or 'All queues'}, {self.get_language_display() or 'all languages'}"
