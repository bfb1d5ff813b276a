"""Two administrators on one page: who saves later is told so first, and what would be lost."""

from hashlib import sha256

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import flatten
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.forms.models import _get_foreign_key
from django.utils.text import capfirst

from core.configuration import actions

FIELD = "seen"
CHANGED = (
    "This was changed after you opened the page, so nothing of yours is stored yet. Save again to store what stands "
    "here, which is otherwise than what is stored in: {}. To keep what is stored, open the page anew."
)
LINES = "the rows below"


class Guarding:
    """A page that knows what it showed. Who saves is alone with the configuration while it is compared and stored."""

    def changeform_view(self, request, *args, **kwargs):
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            actions.alone()
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form, seen = super().get_form(request, obj, change=change, **kwargs), request.POST.get(FIELD)
        return guarded(self, form, obj, seen) if obj is not None and seen else form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may_save = obj is not None and self.has_change_permission(request, obj)
        seen = shown(self, context["adminform"].form, obj) if may_save else ""
        return super().render_change_form(request, {**context, FIELD: seen}, *args, obj=obj, **kwargs)


def shown(page: ModelAdmin, form: ModelForm, obj: Model) -> str:
    """What the page of this row shows before anybody types: equal as long as it is as it was."""
    values = {name: _plain(value) for name, value in form.initial.items()}
    return sha256(repr((sorted(values.items()), _lines(page, obj))).encode()).hexdigest()[:16]


def guarded(page: ModelAdmin, form: type[ModelForm], obj: Model, seen: str) -> type[ModelForm]:
    """The form, which is not saved over what the page did not show when it was opened."""

    def clean(self):
        given = super(made, self).clean()
        if shown(page, self, obj) != seen:
            self.add_error(None, CHANGED.format(_otherwise(self)))
        return given

    made = type(form)(form.__name__, (form,), {"clean": clean})
    return made


def _plain(value):
    if isinstance(value, (list, tuple, set, QuerySet)):
        return sorted(str(_plain(each)) for each in value)
    return str(value.pk) if isinstance(value, Model) else str(value)


def _lines(page: ModelAdmin, obj: Model) -> list:
    """The rows that stand on the page, too."""
    found = []
    for inline in page.inlines:
        above = _get_foreign_key(page.model, inline.model, fk_name=inline.fk_name).name
        rows = inline.model._default_manager.filter(**{above: obj}).order_by("pk")
        found.append([str(row) for row in rows.values_list("pk", *flatten(inline.fields))])
    return found


def _otherwise(form: ModelForm) -> str:
    names = [str(form.fields[name].label or name) for name in form.changed_data]
    return ", ".join(capfirst(name) for name in names) or LINES
