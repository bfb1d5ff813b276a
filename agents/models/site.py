"""Options of the whole site."""

from django.db import models

from agents.options import SITE

from .options import columns
from .role import Role


class Site(columns(SITE)):
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

    class Meta:
        verbose_name = verbose_name_plural = "site options"

    def __str__(self) -> str:
        return "Site options"

    @classmethod
    def current(cls) -> "Site":
        """The options in force; the defaults above when nobody has saved any."""
        return cls.objects.first() or cls()
