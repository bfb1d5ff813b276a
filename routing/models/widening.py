"""What changes for a chat that waits: which skills it still needs, who else is asked, when a message is offered."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from agents.models import Skill

from .queue import Queue


class RequiredSkill(models.Model):
    """From so many seconds of waiting on, the queue's chats need this level of a skill; 0: no longer the skill."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="required_skills")
    after = models.PositiveIntegerField(
        default=0, help_text="From so many seconds of waiting on; the first line of a skill says 0."
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="required_by")
    level = models.PositiveSmallIntegerField(
        default=1, validators=[MaxValueValidator(10)], help_text="At least this level, e.g. 5. 0: no longer needed."
    )

    class Meta:
        ordering = ["queue", "after", "skill__name"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "skill", "after"], name="one_level_of_a_skill_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.queue}: {self.skill} {self.level} after {self.after} s"


class OverflowStep(models.Model):
    """After so many seconds of waiting a further queue's agents are asked too, or the contact is offered a message."""

    ALSO, MESSAGE = "also", "message"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="overflow_steps")
    after = models.PositiveIntegerField(help_text="Seconds of waiting, e.g. 60.")
    action = models.CharField(
        max_length=10,
        choices=[(ALSO, "Also offer to the queue"), (MESSAGE, "Offer the contact to leave a message")],
        default=ALSO,
    )
    target = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="overflow_from", verbose_name="also to"
    )

    class Meta:
        ordering = ["queue", "after", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action="also", target__isnull=False) | Q(action="message", target=None),
                name="overflow_also_has_a_queue",
            ),
            models.CheckConstraint(
                condition=Q(target=None) | ~Q(target=F("queue")), name="overflow_goes_to_another_queue"
            ),
            models.UniqueConstraint(fields=["queue", "target"], name="overflow_to_a_queue_once"),
            models.UniqueConstraint(
                fields=["queue"], condition=Q(action="message"), name="message_is_offered_once_per_queue"
            ),
        ]

    def __str__(self) -> str:
        what = f"also to {self.target}" if self.target_id else "offer a message"
        return f"{self.queue}: after {self.after} s {what}"

    def clean(self):
        if self.action == self.ALSO and self.target_id is None:
            raise ValidationError({"target": "Choose the queue whose agents are asked too."})
        if self.action == self.MESSAGE:
            self.target = None
        if self.target_id and self.target_id == self.queue_id:
            raise ValidationError({"target": "The queue's own agents are asked already. Choose another queue."})
