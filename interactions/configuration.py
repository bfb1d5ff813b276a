"""What the configuration's document says of outcomes, surveys and corporate favourites."""

from collections.abc import Iterable
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import Model, Q

from core.configuration.tables import Part, Table, columns_of, register
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

    def start(self, above: DispositionSet, name: str = "") -> Model:
        *folders, own = outline.read(name)
        place = {tuple(path): key for key, path in outline.paths(DispositionFolder.objects.filter(set=above)).items()}
        if folders and tuple(folders) not in place:
            raise ValidationError(f"Its folder {outline.BETWEEN.join(folders)} stands in no line of folders.")
        return self.model(**{self.parent: above, "name": own, f"{self.inside}_id": place.get(tuple(folders))})


class Folders(Places):
    inside = "parent"


class Sets(Table):
    def check(self, chosen: DispositionSet) -> Iterable[str]:
        folders, codes = (set(part.known(chosen)) for part in self.parts)
        if both := sorted(folders & codes):
            yield f"“{both[0]}” is a folder and a code at once. Give one of them another name."

    def remove(self, chosen: DispositionSet) -> None:
        """With its codes and folders, the innermost first."""
        chosen.codes.all().delete()
        for _, folder in sorted(Folders("", DispositionFolder, "set", "name").known(chosen).items(), reverse=True):
            folder.delete()
        chosen.delete()

    def changed(self, rows: list, now) -> None:
        for chosen in rows:
            outcomes.revised(chosen)


class Rules(Table):
    def changed(self, rows: list, now) -> None:
        outcomes.rules_changed([Q()])


class Favourites(Table):
    def all(self):
        return super().all().filter(agent=None)


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
