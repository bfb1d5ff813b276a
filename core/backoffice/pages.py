"""The kinds of page: one that changes configuration, one that only shows."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.forms import BaseInlineFormSet, ModelChoiceField, Select
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from core import mistakes
from core.clock import now
from core.configuration import watching
from core.configuration.actions import alone

from .choosing import Searched
from .conflicts import Guarding


class Plain:
    """Fields that choose a row, without buttons that add or change it there: each kind has its own page."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.widget.choices = field.widget.choices
            field.widget = field.widget.widget
        return field


class Rows(BaseInlineFormSet):
    """Lines that choose from the same rows ask for these once, however many lines there are."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            named(form.fields["DELETE"])
        for name, field in form.fields.items():
            if isinstance(field.widget, Searched):
                field.widget.known = _held(form.instance, name)
            elif isinstance(field, ModelChoiceField) and isinstance(field.widget, Select):
                field.choices = self._choices(name, field)

    def _choices(self, name: str, field: ModelChoiceField) -> list:
        asked = self.__dict__.setdefault("_asked_for", {})
        if name not in asked:
            asked[name] = list(field.choices)
        return asked[name]


def _held(row, name: str) -> dict[str, str]:
    """What the row holds there, in words."""
    key = getattr(row, row._meta.get_field(name).attname)
    return {str(key): str(getattr(row, name))} if key else {}


class Below(Plain):
    """Rows that are thought of together with the row above them."""

    formset, extra, max_num = Rows, 0, 500

    def get_formset(self, request, obj=None, **kwargs):
        """A form that claims to have many more rows costs no more than so many."""
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)

    def get_queryset(self, request):
        """With what a line refers to: it says so in words."""
        refers = [field.name for field in self.model._meta.fields if field.many_to_one]
        return super().get_queryset(request).select_related(*refers)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Searched(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return named(super().formfield_for_dbfield(db_field, request, **kwargs))


class Inline(Below, admin.TabularInline):
    """Each of them is a line of a table."""


class Blocks(Below, admin.StackedInline):
    """Each has more than a line of a table holds: `fields` is a tuple for each line of its block."""


class Page(Plain, Guarding, admin.ModelAdmin):
    """Configuration. `section` and `place` order the menu; a row that has to stay says why and what to do `instead`."""

    section, place, menu_name, about, instead = "", 0, "", "", ""
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def refusal(self, obj) -> str | None:
        """Why this row has to stay, in words; None when it may go."""
        kept = kept_by(obj)
        return f"{capfirst(str(obj))} cannot be deleted: in use by {kept}. {self.instead}".strip() if kept else None

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        found = mistakes.of_row(obj, now()) if obj is not None and request.method == "GET" else []
        return super().render_change_form(request, {**context, "mistakes": found}, *args, obj=obj, **kwargs)

    def response_add(self, request, obj, *args, **kwargs):
        self._name_mistakes(request, obj)
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        self._name_mistakes(request, obj)
        return super().response_change(request, obj)

    def _name_mistakes(self, request, obj) -> None:
        """Who goes on to the list hears of them too; the row's own page shows them by itself."""
        for mistake in mistakes.of_row(obj, now()):
            self.message_user(request, str(mistake), messages.ERROR if mistake.level == "error" else messages.WARNING)

    def remember(self, request, obj) -> None:
        """Before it changes: what the history will say it was."""
        request.seen = {**getattr(request, "seen", {}), obj.pk: watching.look(obj)}

    def save_form(self, request, form, change):
        self.remember(request, form.instance)
        return super().save_form(request, form, change)

    def log_addition(self, request, obj, message):
        before = getattr(request, "seen", {}).get(obj.pk)
        watching.note(before, watching.look(obj), who=request.user.get_username(), now=now())
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        if before := getattr(request, "seen", {}).get(obj.pk):
            watching.note(before, watching.look(obj), who=request.user.get_username(), now=now())
        return super().log_change(request, obj, message)

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_delete_permission(request, obj):
            return super().delete_view(request, object_id, extra_context)
        try:
            return self._refused(request, obj) or self._delete(request, obj, extra_context)
        except (models.ProtectedError, IntegrityError):  # it came into use at this moment
            return self._refused(request, obj) or redirect(request.path)

    @transaction.atomic
    def _delete(self, request, obj, extra_context):
        if request.method != "POST":
            return super().delete_view(request, str(obj.pk), extra_context)
        alone()
        with watching.removal_of(obj, who=request.user.get_username(), now=now()):
            return super().delete_view(request, str(obj.pk), extra_context)

    def get_deleted_objects(self, objs, request):
        """Of what goes along what these pages show, counted; tables between the rows are no words for anybody."""
        _, counted, *refused = super().get_deleted_objects(objs, request)
        shown = {*self.admin_site._registry, *(inline.model for inline in self.inlines)} - {self.model}
        along = {meta: counted.get(meta.verbose_name_plural) for meta in (model._meta for model in shown)}
        said = {meta.verbose_name if n == 1 else meta.verbose_name_plural: n for meta, n in along.items() if n}
        return [], said, *refused

    def get_actions(self, request):
        """Rows are deleted one by one: each has its own reasons to stay."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_changelist_formset(self, request, **kwargs):
        def field(db_field, **options):
            return named(self.formfield_for_dbfield(db_field, request, **options))

        return super().get_changelist_formset(request, formfield_callback=field, **kwargs)

    def changelist_view(self, request, extra_context=None):
        title = {"title": self.menu_name or capfirst(self.opts.verbose_name_plural), "about": self.about}
        given = {**title, **(extra_context or {})}
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, given)
        with transaction.atomic():  # what is set in the list is set in rows as they are now
            alone()
            return super().changelist_view(request, given)

    def _refused(self, request, obj):
        words = self.refusal(obj)
        if words is None:
            return None
        self.message_user(request, words, messages.ERROR)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]))


class FirstOfMany(Paginator):
    """Counts and lists so many: to count all that ever happened costs more with each day."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.MOST)

    @property
    def cut(self) -> bool:
        return self._counted > self.MOST

    @cached_property
    def _counted(self) -> int:
        return self.object_list[: self.MOST + 1].count()


class ReadOnlyPage(Page):
    """What happened: shown to administrators, changed by nobody."""

    section = "History"
    list_display_links = None
    show_full_result_count = False
    paginator = FirstOfMany

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.is_superuser


def named(field):
    """In a table the head of the column names the field for the eye; this does for a screen reader."""
    if field is not None and field.label:
        field.widget.attrs["aria-label"] = capfirst(field.label)
    return field


def kept_by(obj) -> str:
    """What refers to the row and would lose it, e.g. "12 interactions and 1 routing rule"; "" for nothing."""
    counts = [(relation.related_model._meta, _count(relation, obj)) for relation in _protecting(obj)]
    parts = [f"{n} {meta.verbose_name if n == 1 else meta.verbose_name_plural}" for meta, n in counts if n]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _protecting(obj):
    relations = obj._meta.get_fields(include_hidden=True)
    return [relation for relation in relations if getattr(relation, "on_delete", None) is models.PROTECT]


def _count(relation, obj) -> int:
    return relation.related_model._base_manager.filter(**{relation.field.name: obj}).count()
