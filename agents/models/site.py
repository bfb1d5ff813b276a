"""Options of the whole site."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from agents.options import AUTO_ANSWERS, DELAY_MOST, LOCK_MOST, OFF

from .role import Role


class Site(models.Model):
    """One row: what holds where no group, agent or queue says otherwise. Times in seconds."""

    name = models.CharField(max_length=80, default="Parley", help_text="Shown to contacts where no title is set.")
    role = models.ForeignKey(
        Role,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sites",
        help_text="What agents may do where neither they nor their groups have a role. Empty: all that is usual.",
    )
    capacity = models.PositiveSmallIntegerField(default=3, help_text="Chats at the same time per agent, e.g. 3.")
    over_capacity = models.PositiveSmallIntegerField(
        default=0, help_text="Slots above capacity that direct invitations may use, e.g. 1."
    )
    missed_limit = models.PositiveSmallIntegerField(
        default=2, help_text="Missed invitations in a row until the channel goes Not Ready. 0: never."
    )
    unclosed_limit = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)], help_text="Unclosed chats that stop new offers, e.g. 5."
    )
    party_limit = models.PositiveSmallIntegerField(
        default=6, validators=[MinValueValidator(2)], help_text="Parties in one chat, the contact included, e.g. 6."
    )
    pool_seconds = models.PositiveIntegerField(
        default=300, help_text="A request to a queue, group or skill ends after so long, e.g. 300."
    )
    pool_rings = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(1)], help_text="... or after it rang at so many agents, e.g. 10."
    )
    consultation_limit = models.PositiveSmallIntegerField(
        "consultations at the same time",
        default=2,
        help_text="So many colleagues can consult an agent at once, beside the chats of their own, e.g. 2.",
    )
    consultant_accepts = models.BooleanField(
        "a consultant accepts again",
        default=True,
        help_text="Whom one consults is asked once more before they join or take the chat. Unset: they come at once.",
    )
    pending_amber = models.PositiveSmallIntegerField(default=30, help_text="Unanswered for so long: amber.")
    pending_red = models.PositiveSmallIntegerField(default=60, help_text="Unanswered for so long: red.")
    contact_grace = models.PositiveIntegerField(
        default=300, help_text="A contact who lost the connection may come back for so long."
    )
    helper_close = models.PositiveIntegerField(
        default=1800, help_text="A helper's ended chat that nobody marked done closes by itself after so long."
    )
    auto_after_call_work = models.BooleanField(
        default=False, help_text="Set After Call Work by itself when a Ready agent's last chat ends."
    )
    lock_minutes = models.PositiveSmallIntegerField(
        "lock after, minutes",
        default=0,
        validators=[MaxValueValidator(LOCK_MOST)],
        help_text="Without input for so long a workspace asks for the password, e.g. 5. 0: never by itself.",
    )
    lock_not_ready = models.BooleanField(
        "Not Ready while locked",
        default=True,
        help_text="Who is Ready when their last workspace locks is set Not Ready: Locked; what rings goes to others.",
    )
    auto_answer = models.CharField(
        max_length=10,
        default=OFF,
        choices=list(AUTO_ANSWERS.items()),
        help_text="Chats of queues are accepted by themselves where somebody is at the screen, e.g. after a preview.",
    )
    auto_answer_delay = models.PositiveSmallIntegerField(
        "preview before auto answer, seconds",
        default=5,
        validators=[MaxValueValidator(DELAY_MOST)],
        help_text="How long the preview stands before it is answered by itself, e.g. 5.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "site options"

    def __str__(self) -> str:
        return "Site options"

    @classmethod
    def current(cls) -> "Site":
        """The options in force; the defaults above when nobody has saved any."""
        return cls.objects.first() or cls()
