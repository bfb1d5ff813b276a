"""Codes and folders of a set: where each stands, what keeps it, and what it must not become."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html

from core.backoffice.pages import Page
from interactions import outline
from interactions.actions import outcomes
from interactions.checks import NO_CODES
from interactions.models import DispositionCode, DispositionFolder

TOP = "At the top of the set"


class PlaceForm(forms.ModelForm):
    """A row with its place: a folder of the same set, where nothing else has this name."""

    place = "folder"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get(self.place)
        if field is not None:
            folders = self._folders()
            paths = outline.paths(folders)
            several = len({folder.set_id for folder in folders}) > 1
            named = [(folder.pk, self._named(folder, paths[folder.pk], several)) for folder in folders]
            field.choices = [("", TOP), *sorted(named, key=lambda pair: pair[1].casefold())]

    def _folders(self) -> list[DispositionFolder]:
        """Where it can stand; a folder neither in itself nor in what it holds."""
        rows = DispositionFolder.objects.select_related("set")
        found = list(rows.filter(set=self.instance.set_id) if self.instance.set_id else rows)
        own = outline.within(found, self.instance.pk) if self.place == "parent" else set()
        return [folder for folder in found if folder.pk not in own]

    def _named(self, folder, path: list[str], several: bool) -> str:
        return outline.BETWEEN.join([f"{folder.set}: {path[0]}" if several else path[0], *path[1:]])

    def clean(self):
        given = super().clean()
        chosen, place = given.get("set") or (self.instance.set_id and self.instance.set), given.get(self.place)
        if place and chosen and place.set_id != chosen.pk:
            self.add_error(self.place, f"“{place}” is a folder of another set.")
        if place and place.pk in self._own():
            self.add_error(self.place, "A folder cannot be inside itself.")
        if chosen and self._taken(chosen, place, given.get("name", "")):
            self.add_error("name", "There is a folder or a code of this name in this place already.")
        return given

    def _own(self) -> set:
        return set()

    def _taken(self, chosen, place, name: str) -> bool:
        """Also by the other kind, which the database does not compare."""
        codes = DispositionCode.objects.filter(set=chosen, folder=place, name=name)
        folders = DispositionFolder.objects.filter(set=chosen, parent=place, name=name)
        return codes.exclude(pk=self.instance.pk).exists() or folders.exclude(pk=self.instance.pk).exists()


class FolderForm(PlaceForm):
    place = "parent"

    def _own(self) -> set:
        rows = DispositionFolder.objects.filter(set=self.instance.set_id)
        return outline.within(rows, self.instance.pk) if self.instance.set_id else set()


class CodeForm(PlaceForm):
    def clean(self):
        given = super().clean()
        if given.get("active") is False and self.instance.active and (words := still_asked_for([self.instance])):
            self.add_error("active", words)
        return given


def still_asked_for(codes: list) -> str | None:
    """Why these codes cannot all be retired: a rule asks for one of a set that would offer none."""
    for chosen in {code.set for code in codes if code.set_id}:
        left = chosen.codes.filter(active=True).exclude(pk__in=[code.pk for code in codes])
        if not left.exists() and chosen.rules.filter(required=True).exists():
            return NO_CODES.format(set=chosen, remedy="Leave one code active, or unset Required in the rule first.")
    return None


class Placed(ChangeList):
    """A page of rows with the folders above each, found for all at once."""

    def get_results(self, request):
        super().get_results(request)
        rows = self.result_list
        paths = outline.paths(DispositionFolder.objects.filter(set__in={row.set_id for row in rows}))
        for row in rows:
            row.above = outline.BETWEEN.join(paths.get(getattr(row, self.model_admin.form.place + "_id"), []))


class InSet(Page):
    """Rows of a set. A change of them is a new revision of the set."""

    section = "Outcomes"
    list_select_related = ["set"]
    list_editable = ["position"]
    ordering = ["set__name", "position", "name"]

    def get_changelist(self, request, **kwargs):
        return Placed

    def get_readonly_fields(self, request, obj=None):
        """The history of a row belongs to its set."""
        return [*self.readonly_fields, *(["set"] if obj else [])]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        outcomes.revised(obj.set)

    def delete_model(self, request, obj):
        chosen = obj.set
        super().delete_model(request, obj)
        outcomes.revised(chosen)

    @admin.display(description="In folder", empty_value="")
    def above(self, row):
        return row.above

    @admin.display(description="Whole set")
    def whole_set(self, row):
        address = reverse("admin:interactions_dispositionset_change", args=[row.set_id])
        return format_html('<a href="{}">{}</a>', address, row.set)


@admin.register(DispositionCode)
class DispositionCodeAdmin(InSet):
    place = 31
    about = "The codes of all sets: search for one, put it elsewhere, retire it. Many at once are added in the set."
    form = CodeForm
    fields = ["set", "folder", "name", "position", "active", "used"]
    readonly_fields = ["used"]
    list_display = ["name", "above", "whole_set", "position", "active", "used"]
    list_filter = ["active", "set"]
    search_fields = ["name", "folder__name"]
    search_help_text = "Name of a code, or of the folder it is in"
    actions = ["retire", "offer_again"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(uses=Count("segments"))

    def refusal(self, code) -> str | None:
        used = code.segments.count()
        if used:
            chats = "1 chat" if used == 1 else f"{used} chats"
            return f"“{code}” is the outcome of {chats}. Unset Active instead of deleting it."
        if code.active:
            return f"“{code}” is offered now and may be chosen at this moment. Unset Active first, then delete it."
        return None

    @admin.action(description="Retire: offer the selected codes no longer")
    def retire(self, request, queryset):
        codes = list(queryset.filter(active=True).select_related("set"))
        if words := still_asked_for(codes):
            self.message_user(request, words, messages.ERROR)
        else:
            self._switch(request, codes, False, "retired")

    @admin.action(description="Offer the selected codes again")
    def offer_again(self, request, queryset):
        self._switch(request, list(queryset.filter(active=False).select_related("set")), True, "offered again")

    @transaction.atomic
    def _switch(self, request, codes: list, active: bool, words: str) -> None:
        for code in {code.set_id: code for code in codes}.values():
            self.remember(request, code)  # one for each set, whose change it is
        DispositionCode.objects.filter(pk__in=[code.pk for code in codes]).update(active=active)
        for code in codes:
            self.log_change(request, code, [{"changed": {"fields": ["Active"]}}])
        for chosen in {code.set for code in codes}:
            outcomes.revised(chosen)
        count = "1 code" if len(codes) == 1 else f"{len(codes)} codes"
        self.message_user(request, f"{count} {words}.", messages.SUCCESS)

    @admin.display(description="Chats that have it", ordering="uses")
    def used(self, code):
        return code.segments.count() if not hasattr(code, "uses") else code.uses


@admin.register(DispositionFolder)
class DispositionFolderAdmin(InSet):
    place = 32
    about = "The folders of all sets: rename one or put it elsewhere with all that is in it."
    instead = "Put elsewhere or delete what is in it first."
    form = FolderForm
    fields = ["set", "parent", "name", "position"]
    list_display = ["name", "above", "whole_set", "position", "holds"]
    list_filter = ["set"]
    search_fields = ["name"]

    def get_queryset(self, request):
        counts = {"code_count": Count("codes", distinct=True), "folder_count": Count("folders", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description="Holds")
    def holds(self, folder):
        counts = [(folder.code_count, "code"), (folder.folder_count, "folder")]
        return ", ".join(f"{n} {word if n == 1 else word + 's'}" for n, word in counts if n) or "nothing"
