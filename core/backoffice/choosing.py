"""How rows are chosen on a page: check boxes where one can look them over, a search where there are more."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

GLANCE = 100  # rows that one can look over


def boxes() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "choices"})


def some_of(field: Field, rows: QuerySet) -> forms.Widget:
    """To choose some of these rows. `field`: one that refers to them; the search asks it which they are."""
    return boxes() if rows.count() <= GLANCE else Many(field, admin.site)


def one_of(field: Field, rows: QuerySet) -> forms.Widget:
    """To choose one of these rows; a page with the search needs the `media` of its form."""
    return forms.Select() if rows.count() <= GLANCE else One(field, admin.site)


class One(AutocompleteSelect):
    """A search with what is chosen. Addresses can be typed: what is no row's key is left to the field to refuse."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [one for one in value if _is_key(one, self.choices.queryset)], attrs)


class Many(AutocompleteSelectMultiple):
    """A search with what is chosen, which may be thousands. Nothing takes them all away with one click.

    These are written at once: Django looks each up in the list of all, and has a template for each.
    """

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}

    def optgroups(self, name, value, attrs=None):
        return []

    def render(self, name, value, attrs=None, renderer=None):
        widget, label = self.get_context(name, value, attrs)["widget"], self.choices.field.label_from_instance
        rows = self.choices.queryset
        rows = rows.filter(pk__in={one for one in widget["value"] if _is_key(one, rows)})
        options = format_html_join(
            "\n", '<option value="{}" selected>{}</option>', ((row.pk, label(row)) for row in rows)
        )
        return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options)


class Searched(One):
    """A search in one of many lines. What the line holds is `known` from its row, and not asked for line by line."""

    known: dict[str, str] = {}

    def optgroups(self, name, value, attrs=None):
        given = [str(one) for one in value if one]
        if not set(given) <= self.known.keys():
            return super().optgroups(name, value, attrs)
        empty = [] if self.is_required else [("", "")]
        held = [*empty, *((one, self.known[one]) for one in given)]
        options = [self.create_option(name, one, words, one in given, place) for place, (one, words) in enumerate(held)]
        return [(None, options, 0)]


def _is_key(given: str, rows: QuerySet) -> bool:
    try:
        return bool(given) and rows.model._meta.pk.to_python(given) is not None
    except ValidationError:
        return False
