"""Case data that agents fill in: one key at a time, and nobody overwrites what they have not seen."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from core.errors import Conflict, Invalid, NotFound
from interactions import events, permissions
from interactions.models import Interaction
from routing import wording
from routing.models.routing_point import ANSWER_LIMIT, PreChatField

from .rings import show_again


@transaction.atomic(durable=True)
def set_case(interaction_id, key: str, value: str, *, expect: str, by: Agent, now: datetime) -> Interaction:
    """Set one key of the case data; "" takes it away. `expect`: the value that the agent saw before.

    What is so already changes nothing. Raises NotFound, NotAllowed, Invalid, Conflict `done`, or `case_changed` with
    the value that somebody else wrote meanwhile. Emits case.set.
    """
    interaction = Interaction.lock(interaction_id)
    segment = permissions.segment_of(interaction, by)
    field = _field(interaction, key)
    permissions.require(permissions.can_edit(segment) or permissions.can_fill(field, segment))
    value, held = value.strip(), interaction.case.get(key, "")
    if value == held:
        return interaction.untouched()
    if held != expect:
        raise Conflict("case_changed", _by_now(held), key=key, value=held)
    _must_fit(field, value)
    kept = {name: other for name, other in interaction.case.items() if name != key}
    interaction.set(case={**kept, key: value} if value else kept)
    show_again(interaction)
    events.record(interaction, "case.set", now=now, by=f"agent:{by.id}", key=key)
    return interaction


def _field(interaction: Interaction, key: str) -> PreChatField:
    found = interaction.routing_point.fields.filter(key=key).first()
    if found is None:
        raise NotFound(message="There is no such key in the case data of this chat.")
    return found


def _by_now(held: str) -> str:
    return f"Meanwhile somebody wrote “{held}” here." if held else "Meanwhile somebody took the value away."


def _must_fit(field: PreChatField, value: str) -> None:
    mistake = field.mistake(value) if value else None
    if mistake:
        words = wording.fill(wording.PAGE[wording.DEFAULT][mistake], {"n": ANSWER_LIMIT})
        raise Invalid(message=words, key=field.key)
