"""What changes for a queue's chats while they wait: rows on the queue's page."""

from core.backoffice.pages import Inline, Rows
from routing.models import OverflowStep, RequiredSkill


class Needs(Rows):
    """A skill's lines begin at 0 seconds and ask for less each time."""

    def clean(self):
        super().clean()
        last: dict = {}
        for form in sorted(self._filled(), key=lambda form: form.cleaned_data["after"]):
            row = dict(form.cleaned_data)
            self._check(form, row, last.get(row["skill"]))
            last[row["skill"]] = row["level"]

    def _filled(self) -> list:
        known = [
            form for form in self.forms if not form.errors and {"skill", "after", "level"} <= set(form.cleaned_data)
        ]
        return [form for form in known if not form.cleaned_data.get("DELETE")]

    def _check(self, form, row: dict, before: int | None) -> None:
        skill = row["skill"]
        if before is None and row["after"]:
            form.add_error("after", f"The first line of {skill} begins at 0 seconds; later ones relax it.")
        elif before is not None and row["level"] >= before:
            form.add_error("level", f"A later line asks for less: {skill} was needed at {before} already.")


class NeedsInline(Inline):
    model, formset = RequiredSkill, Needs
    fields = ["after", "skill", "level"]
    verbose_name = "line"
    verbose_name_plural = "Required skills: from so many seconds of waiting on, e.g. 0 s Fibre 5, then 60 s Fibre 3"


class OverflowInline(Inline):
    model, fk_name = OverflowStep, "queue"
    fields = ["after", "action", "target"]
    verbose_name = "step"
    verbose_name_plural = "Overflow: after so many seconds of waiting, e.g. 60 s also offer to Network, 120 s a message"
