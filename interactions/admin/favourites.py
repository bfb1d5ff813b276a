"""Corporate favourites: targets that every agent has at hand."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from core.backoffice.pages import Page
from interactions.models import Favourite
from interactions.models.favourite import FIELDS, TARGETS, TYPES


class FavouriteForm(forms.ModelForm):
    """Kind and name in one list."""

    target = forms.ChoiceField(help_text="Stands in every agent's favourites when they look for whom to ask.")

    class Meta:
        model = Favourite
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [("", "---------"), *_choices()]
        if self.instance.pk:
            self.initial["target"] = f"{self.instance.type}:{self.instance.target_id}"

    def clean_target(self):
        type, _, id = self.cleaned_data["target"].partition(":")
        pointing = Favourite.pointing_at(type, id)
        if Favourite.objects.filter(agent=None, **pointing).exclude(pk=self.instance.pk).exists():
            raise ValidationError("This is a corporate favourite already.")
        for name, value in pointing.items():
            setattr(self.instance, name, value)
        return self.cleaned_data["target"]


def _choices() -> list:
    """[(kind, [(type:id, name)])] of all that can be asked now."""
    return [(label, [(f"{type}:{row.pk}", row.name) for row in _rows(type)]) for type, label in TYPES]


def _rows(type: str) -> QuerySet:
    rows = TARGETS[type].objects.order_by("name")
    if type == "agent":
        return rows.active()
    return rows.filter(active=True) if type == "routing_point" else rows


@admin.register(Favourite)
class FavouriteAdmin(Page):
    section, place, menu_name = "Site", 41, "Corporate favourites"
    about = "Whom every agent has at hand when a chat needs somebody else, beside the favourites of their own."
    form = FavouriteForm
    fields = ["target"]
    list_display = ["target_name", "type_name"]
    search_fields = ["found"]
    ordering = ["pk"]

    def get_queryset(self, request):
        """Agents' own are theirs."""
        rows = super().get_queryset(request).filter(agent=None).select_related(*FIELDS.values())
        return rows.annotate(found=Coalesce(*(f"{name}__name" for name in FIELDS.values()))).order_by("found")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        title = {"title": "Change corporate favourite" if object_id else "Add corporate favourite"}
        return super().changeform_view(request, object_id, form_url, {**title, **(extra_context or {})})

    @admin.display(description="Target", ordering="found")
    def target_name(self, favourite):
        return favourite.found

    @admin.display(description="Type")
    def type_name(self, favourite):
        return dict(TYPES)[favourite.type]
