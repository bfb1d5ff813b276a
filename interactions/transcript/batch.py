"""The batch: lines of many chats in one transaction; each stored, or refused, or left for the next, by itself.

Drafts are judged by what is kept of their chats. Then, in one transaction, their lanes' rows are taken, and those lines
are stored whose chat is still at the version by which they were judged; the others are judged again. Whoever ends a
membership takes the same rows after the version is raised: so what a line was judged by holds until the commit. Order
of locks: interactions, agents, lanes; a batch that does not wait for lanes waits for nobody.
"""

import logging

from django.db import IntegrityError, InterfaceError, OperationalError

from core.batches import LATER
from core.db import gave_way
from core.errors import ParleyError

from . import members
from .judging import AGAIN, Batch, Draft, Written
from .statements import statements

log = logging.getLogger("parley.transcript")


def write_all(drafts: list[Draft]) -> list[Written | Exception | object]:
    """Each draft's outcome: Written, a refusal, or LATER because somebody holds its lane.

    Raises only when the database cannot be reached. One that fails where it should not fails alone.
    """
    try:
        return _as_new(drafts, wait=False)
    except Exception as error:
        if isinstance(error, (OperationalError, InterfaceError)) and not gave_way(error):
            raise
        fault = not isinstance(error, IntegrityError)  # the same lines come to another process at this moment
        log.warning("a batch of %d lines is written one by one", len(drafts), exc_info=fault)
        return _one_by_one(drafts)


def write_one(draft: Draft) -> Written:
    """In the caller's thread; waits for the lane. Raises the refusal."""
    [outcome] = _as_new([draft], wait=True)
    if isinstance(outcome, ParleyError):
        raise outcome
    return outcome


def _one_by_one(drafts: list[Draft]) -> list[Written | Exception | object]:
    outcomes, later = [], set()
    for draft in drafts:
        place = draft.author.interaction, draft.lane
        outcome = LATER if place in later else _alone(draft)
        if outcome is LATER:
            later.add(place)
        outcomes.append(outcome)
    return outcomes


def _alone(draft: Draft) -> Written | Exception | object:
    try:
        [outcome] = _as_new([draft], wait=False)
        return outcome
    except Exception as error:
        return error


def _as_new(drafts: list[Draft], *, wait: bool) -> list:
    """Nearly every line is new, so nobody is asked; the database refuses a second one of the same id.

    Then the first one is there to be seen, also one that was written in another lane at the same moment.
    """
    try:
        return _write(drafts, wait=wait, new=True)
    except IntegrityError:
        return _write(drafts, wait=wait, new=False)


def _write(drafts: list[Draft], *, wait: bool, new: bool) -> list:
    """By what is kept of their chats; then by what these are now, those who were refused or whose chat has changed."""
    sql, outcomes = statements(), [AGAIN] * len(drafts)
    chats, sure = members.as_kept(sql, {draft.author.interaction for draft in drafts}), False
    while left := [index for index, outcome in enumerate(outcomes) if outcome is AGAIN]:
        batch = Batch(sql, chats, sure, new)
        for index, outcome in zip(left, batch.write([drafts[index] for index in left], wait), strict=True):
            outcomes[index] = outcome
        again = {draft.author.interaction for draft, outcome in zip(drafts, outcomes, strict=True) if outcome is AGAIN}
        chats, sure = members.as_read(sql, again), True
    return outcomes
