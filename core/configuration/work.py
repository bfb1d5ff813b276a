"""What is being made ready: rows to be stored and to go, and all that is refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from .document import Document, Path, Refused
from .known import Known
from .state import Step
from .tables import Below, Part


@dataclass
class Ready:
    """A row to be stored. `joined`: {field: the rows that it points to}; `below`: what belongs to it, and of that
    `stored` is new or changed and `gone` is to go."""

    step: Step
    row: Model
    is_new: bool
    joined: dict[Field, list[Model]] = field(default_factory=dict)
    below: Below = field(default_factory=dict)
    stored: list[tuple[Part, list[Model]]] = field(default_factory=list)
    gone: list[tuple[Part, str, Model]] = field(default_factory=list)


@dataclass(frozen=True)
class Going:
    """A row that is to go."""

    step: Step
    row: Model


@dataclass(frozen=True)
class Prepared:
    """All that is to be done, in the order of the document; what goes is in it last."""

    ready: list[Ready]
    going: list[Going]


class Work:
    """Collects what is refused, so that a person reads all of it at once."""

    def __init__(self, document: Document, known: Known):
        self.document, self.known = document, known
        self.mistakes: list[str] = []
        self.ready: dict[tuple[str, str], Ready] = {}
        self.refused: set[tuple[type[Model], str]] = set()

    def refuse(self, path: Path, words: Iterable[str]) -> None:
        self.mistakes += [f"{self.document.place(path)}: {each}" for each in words]

    def refuse_all(self, path: Path, error: ValidationError) -> None:
        for name, of_one in error.update_error_dict({}).items():
            self.refuse(path if name == "__all__" else (*path, name), ValidationError(of_one).messages)

    def stop(self) -> None:
        if self.mistakes:
            raise Refused(*self.mistakes)
