"""The chat status menu: which statuses agents may choose, in which order."""

from django.core.exceptions import ValidationError
from django.db import models

from agents.status import CHOOSABLE, Status

from .reason import Reason

ALWAYS = (Status.READY, Status.LOGGED_OFF)


class MenuEntryQuerySet(models.QuerySet):
    def offered(self) -> list[tuple[Status, Reason | None]]:
        """The menu in the administrator's order; reasons stand below Not Ready."""
        rows = {row.status: row for row in self}
        places = {status: rows[status].position if status in rows else n for n, status in enumerate(CHOOSABLE)}
        reasons, found = list(Reason.objects.choosable()), []
        for status in sorted(CHOOSABLE, key=places.get):
            if status not in rows or rows[status].active or (status == Status.NOT_READY and not reasons):
                found.append((status, None))
            if status == Status.NOT_READY:
                found += [(status, reason) for reason in reasons]
        return found


class MenuEntry(models.Model):
    """One status of the menu. Without a row it is offered, in the usual place."""

    status = models.CharField(
        max_length=20, unique=True, editable=False, choices=[(status.value, word) for status, word in CHOOSABLE.items()]
    )
    position = models.PositiveSmallIntegerField(help_text="Order in the status menu, smallest first.")
    active = models.BooleanField(
        default=True,
        help_text="Unset to take it out of the menu. Without Not Ready itself agents have to give a reason.",
    )

    objects = MenuEntryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "menu entries"

    def __str__(self) -> str:
        return CHOOSABLE[Status(self.status)]

    def clean(self):
        if not self.active and self.status in ALWAYS:
            raise ValidationError({"active": f"Agents need “{self}”: it stays in the menu."})
