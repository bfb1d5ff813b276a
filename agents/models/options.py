"""A column for each option at each level that may set it, as `agents.options` declares them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from agents.options import LARGE, OPTIONS, SITE, SMALL, Option, at, help_at
from agents.titles import LONGEST

YES_OR_NO = [(True, "Yes"), (False, "No")]


def columns(level: str) -> type[models.Model]:
    """An abstract model: the site's columns have the defaults, all others may be empty."""
    fields = {name: _column(OPTIONS[name], level) for name in at(level)}
    meta = type("Meta", (), {"abstract": True})
    return type(f"OptionsOf{level.title()}", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


def _column(option: Option, level: str) -> models.Field:
    own = {"default": option.default} if level == SITE else {"blank": True}
    shared = {"verbose_name": option.label, "help_text": help_at(option, level), **own}
    empty = {} if level == SITE else {"null": True}
    if option.kind is bool:
        return models.BooleanField(**shared, **(empty | {"choices": YES_OR_NO} if empty else {}))
    if option.choices:
        return models.CharField(max_length=10, choices=list(option.choices.items()), **shared)
    if option.kind is str:
        return models.CharField(max_length=LONGEST, validators=[option.validate], **shared)
    return _number(option)(validators=_limits(option), **shared, **empty)


def _number(option: Option) -> type[models.Field]:
    return models.PositiveIntegerField if option.most > SMALL else models.PositiveSmallIntegerField


def _limits(option: Option) -> list:
    least = [MinValueValidator(option.least)] if option.least else []
    return least + ([MaxValueValidator(option.most)] if option.most not in (SMALL, LARGE) else [])
