"""What the configuration's document says of outcomes, surveys and corporate favourites."""

from collections.abc import Iterable
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, Q

from core.configuration.known import Known
from core.configuration.tables import Below, Part, Table, columns_of, register
from core.configuration.values import Column, named_by

from . import outline
from .actions import outcomes
from .models import (
    DispositionCode,
    DispositionFolder,
    DispositionRule,
    DispositionSet,
    Favourite,
    Survey,
    SurveyQuestion,
)
from .models.favourite import FIELDS

ASK_NO_LONGER = "Write active: false instead: what was answered stays."


class Places(Part):
    """Folders or codes of a set, each by its path: "Billing / Refund / Given"."""

    inside = "folder"

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.model, (self.parent, self.inside, "name"))

    def related(self) -> list[str]:
        return []

    def known(self, above: DispositionSet) -> dict[str, Model]:
        paths, above_it = outline.paths(above.folders.all()), f"{self.inside}_id"
        rows = ((paths.get(getattr(row, above_it), []), row) for row in self.rows(above))
        return {outline.BETWEEN.join([*path, row.name]): row for path, row in rows}

    def start(self, above: DispositionSet, name: str, known: Known, beside: Below) -> Model:
        *folders, own = outline.read(name)
        place = beside["folders"].get(outline.BETWEEN.join(folders))
        if folders and place is None:
            raise ValidationError(f"Its folder {outline.BETWEEN.join(folders)} stands in no line of folders.")
        return self.model(**{self.parent: above, "name": own, self.inside: place})


class Folders(Places):
    inside = "parent"


class Sets(Table):
    def check(self, chosen: DispositionSet, below: Below, known: Known) -> Iterable[str]:
        if both := sorted(below["folders"].keys() & below["codes"].keys()):
            yield f"“{both[0]}” is a folder and a code at once. Give one of them another name."

    def remove(self, sets: list[DispositionSet]) -> None:
        """With their codes and folders, the innermost first."""
        DispositionCode.objects.filter(set__in=sets).delete()
        for chosen in sets:
            for _, folder in sorted(Folders("", DispositionFolder, "set", "name").known(chosen).items(), reverse=True):
                folder.delete()
        super().remove(sets)

    def changed(self, rows: list) -> None:
        for chosen in rows:
            outcomes.revised(chosen)


def _every_chat() -> None:
    outcomes.rules_changed([Q()])


class Rules(Table):
    def hear(self) -> Iterable:
        return [_every_chat]


class Favourites(Table):
    def all(self):
        return super().all().filter(agent=None)

    def settle(self, favourite: Favourite) -> None:
        if sum(getattr(favourite, f"{name}_id") is not None for name in FIELDS.values()) != 1:
            raise ValidationError({NON_FIELD_ERRORS: f"Write one target: {', '.join(FIELDS.values())}."})


def describe() -> None:
    named_by(DispositionSet, "name")
    rule = tuple(Column(each, DispositionRule._meta.get_field(each)) for each in ("queue", "routing_point"))
    targets = tuple(Column(each, Favourite._meta.get_field(each)) for each in FIELDS.values())
    retire = "Write active: false instead: chats that have it keep it."
    register(
        Sets(
            "disposition_sets",
            DispositionSet,
            (Column("name", DispositionSet._meta.get_field("name")),),
            parts=(
                Folders("folders", DispositionFolder, "set", "name"),
                Places("codes", DispositionCode, "set", "name", instead=retire),
            ),
            instead="Remove its codes and rules first.",
            covers=(DispositionFolder, DispositionCode),
        ),
        Rules("disposition_rules", DispositionRule, rule),
        Table(
            "surveys",
            Survey,
            (Column("name", Survey._meta.get_field("name")),),
            parts=(Part("questions", SurveyQuestion, "survey", "key", instead=ASK_NO_LONGER),),
            instead="Write active: false instead: it is asked no longer, what was answered stays.",
            covers=(SurveyQuestion,),
        ),
        Favourites("favourites", Favourite, targets, without=("agent",)),
    )
