"""What the configuration's document says of routing: hours, queues, routing points, the contact's texts."""

from collections.abc import Iterable

from agents.configuration import HeardByAll
from core.configuration.known import Known
from core.configuration.tables import Below, Part, Table, register
from core.configuration.values import Column, named_by

from . import wording
from .models import (
    ContactTexts,
    OpeningException,
    OpeningHours,
    OpenSpan,
    OverflowStep,
    PreChatField,
    Queue,
    RequiredSkill,
    RoutingPoint,
    RoutingRule,
)


class Queues(HeardByAll):
    def check(self, queue: Queue, below: Below, known: Known) -> Iterable[str]:
        last: dict = {}
        for need in sorted(below["required_skills"].values(), key=lambda need: (need.after, need.skill.name)):
            before = last.get(need.skill_id)
            if before is None and need.after:
                yield f"required_skills: the first line of {need.skill} begins at 0 seconds; later ones relax it."
            elif before is not None and need.level >= before:
                yield f"required_skills: a later line of {need.skill} asks for less, it was needed at {before} already."
            last[need.skill_id] = need.level


class RoutingPoints(Table):
    def check(self, point: RoutingPoint, below: Below, known: Known) -> Iterable[str]:
        fields = {each.key: each for each in sorted(below["fields"].values(), key=_position)}
        for number, rule in enumerate(sorted(below["rules"].values(), key=_position), 1):
            asked = fields.get(rule.field)
            if rule.field and asked is None:
                yield f"rule {number} asks a field “{rule.field}” that there is not. There are: {_list(fields)}."
            elif asked and rule.operator == RoutingRule.IS and not _possible(asked, rule.value):
                answers = _list(asked.answers())
                yield f"rule {number} wants an answer “{rule.value}” that there is not. There are: {answers}."


def _position(row) -> int:
    return row.position


def _possible(asked: PreChatField, value: str) -> bool:
    answers = {answer.casefold() for answer in asked.answers()}
    return asked.type != PreChatField.CHOICE or value.casefold() in answers


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none yet"


class Texts(Table):
    def check(self, row: ContactTexts, below: Below, known: Known) -> Iterable[str]:
        for key, words in row.texts.items():
            if key not in wording.KEYS:
                yield f"texts: there is no text “{key}”. There are: {', '.join(wording.KEYS)}."
            elif trouble := wording.mistake(key, words):
                yield f"texts / {key}: {trouble}"


def describe() -> None:
    named_by(OpeningHours, "name")
    named_by(Queue, "name")
    named_by(RoutingPoint, "slug")
    name = {model: (Column("name", model._meta.get_field("name")),) for model in (OpeningHours, Queue)}
    texts = tuple(Column(each, ContactTexts._meta.get_field(each)) for each in ("queue", "language"))
    register(
        Table(
            "opening_hours",
            OpeningHours,
            name[OpeningHours],
            parts=(Part("week", OpenSpan, "hours"), Part("exceptions", OpeningException, "hours")),
            instead="Give its queues other hours first.",
            covers=(OpenSpan, OpeningException),
        ),
        Queues(
            "queues",
            Queue,
            name[Queue],
            parts=(Part("overflow", OverflowStep, "queue"), Part("required_skills", RequiredSkill, "queue")),
            instead="Take its agents out and point the routing points elsewhere; the history keeps it.",
            covers=(OverflowStep, RequiredSkill),
        ),
        RoutingPoints(
            "routing_points",
            RoutingPoint,
            (Column("slug", RoutingPoint._meta.get_field("slug")),),
            parts=(Part("fields", PreChatField, "routing_point", "key"), Part("rules", RoutingRule, "routing_point")),
            instead="Write active: false instead: the page goes, the history stays.",
            covers=(PreChatField, RoutingRule),
        ),
        Texts("contact_texts", ContactTexts, texts),
    )
