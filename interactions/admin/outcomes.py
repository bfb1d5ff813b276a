"""Sets of dispositions, each with its whole tree."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.template.loader import render_to_string

from core.backoffice.pages import Page
from interactions import outline
from interactions.actions import outcomes
from interactions.models import DispositionCode, DispositionSet

LINES_LIMIT = 2000


class SetForm(forms.ModelForm):
    """With a field for many codes at once."""

    lines = forms.CharField(
        label="Add codes",
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 6}),
        help_text="One per line, its folders before it: Billing / Refund / Given. Folders that are not there are made; "
        "a line that is there already changes nothing. Cells pasted from a table do as well.",
    )

    def clean_lines(self) -> list[list[str]]:
        written = [(n, line) for n, line in enumerate(self.cleaned_data["lines"].split("\n"), 1) if line.strip()]
        if len(written) > LINES_LIMIT:
            raise ValidationError(f"At most {LINES_LIMIT} lines at once.")
        paths = [self._path(n, line) for n, line in written]
        self._refuse_both(paths)
        return paths

    def _path(self, number: int, line: str) -> list[str]:
        path = outline.read(line)
        for name in path:
            if not name:
                raise ValidationError(f"Line {number} has an empty name: {line.strip()}")
            if len(name) > 80:
                raise ValidationError(f"Line {number}: “{name[:30]}…” is longer than 80 letters.")
        return path

    def _refuse_both(self, paths: list) -> None:
        """One name in one place is a folder or a code, not both."""
        codes, folders = _standing(self.instance)
        codes |= {tuple(path) for path in paths}
        folders |= {tuple(path[:depth]) for path in paths for depth in range(1, len(path))}
        if both := sorted(codes & folders):
            name = outline.BETWEEN.join(both[0])
            raise ValidationError(f"“{name}” would be a folder and a code at once. Give one of them another name.")


def _standing(chosen: DispositionSet) -> tuple[set, set]:
    """Paths of the codes and of the folders that the set has."""
    if chosen.pk is None:
        return set(), set()
    places = outline.paths(chosen.folders.all())
    codes = chosen.codes.values_list("folder_id", "name")
    return {(*places.get(folder, []), name) for folder, name in codes}, {tuple(path) for path in places.values()}


@admin.register(DispositionSet)
class DispositionSetAdmin(Page):
    section, place = "Outcomes", 30
    about = "Codes that are offered together, in folders of any depth, e.g. Billing / Refund / Given."
    form = SetForm
    fields = ["name", "used_by", "tree", "lines"]
    readonly_fields = ["used_by", "tree"]
    list_display = ["name", "active_codes", "used_by"]
    search_fields = ["name", "codes__name"]
    search_help_text = "Name of a set, or of a code in it"

    def get_queryset(self, request):
        active = Count("codes", filter=Q(codes__active=True), distinct=True)
        rules = ["rules__queue", "rules__routing_point"]
        return super().get_queryset(request).annotate(active_count=active).prefetch_related(*rules)

    def get_fields(self, request, obj=None):
        return self.fields if obj else ["name", "lines"]

    def refusal(self, chosen) -> str | None:
        """Codes go one by one, each with its own reason to stay."""
        if words := super().refusal(chosen):
            return f"{words} Delete its codes, folders and rules first."
        return None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if paths := form.cleaned_data["lines"]:
            made = outcomes.add_codes(form.instance, paths)
            outcomes.revised(form.instance)
            known = len(paths) - made
            words = f"{_codes(made)} added" + (f", {known} there already." if known else ".")
            self.message_user(request, words, messages.SUCCESS)

    @admin.display(description="Codes")
    def tree(self, chosen):
        """The whole set with links to each row, what is retired, and how many chats have each code."""
        used = dict(DispositionCode.objects.filter(set=chosen).annotate(n=Count("segments")).values_list("pk", "n"))
        nodes = outline.tree(chosen.folders.all(), chosen.codes.all())
        given = {"set": chosen, "nodes": [_branch(node, used) for node in nodes]}
        return render_to_string("admin/interactions/dispositionset/tree.html", given)

    @admin.display(description="Active codes", ordering="active_count")
    def active_codes(self, chosen):
        return chosen.active_count or "none"

    @admin.display(description="Used by the rules for", empty_value="no rule")
    def used_by(self, chosen):
        return ", ".join(rule.place for rule in chosen.rules.all()) or None


def _codes(count: int) -> str:
    return "1 code" if count == 1 else f"{count} codes"


def _branch(node: outline.Node, used: dict) -> dict:
    inside = [_branch(inner, used) for inner in node.inside]
    return {"row": node.row, "is_folder": node.is_folder, "inside": inside, "used": used.get(node.row.pk, 0)}
