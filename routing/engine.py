"""Pure choice: which agent next, and why. No I/O, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from routing.strategies import LONGEST_IDLE, ROUND_ROBIN, SKILL_LEVEL, STRATEGIES, order, why_first, why_not

__all__ = [
    "ASK_AGAIN",
    "LONGEST_IDLE",
    "ROUND_ROBIN",
    "SKILL_LEVEL",
    "STRATEGIES",
    "Candidate",
    "Verdict",
    "choose",
    "judge",
    "pick",
]

ASK_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent of a pool as routing sees them. `asked_at`: when this invitation last rang there.

    About this chat alone: `party` is in it, `invited` is asked into it already, `asks` is who wants somebody else,
    `lacks` says which skill is missing, `level` is how good they are at what is needed. `tier`: 0 for the pool's own,
    then by overflow step; `through`: the queue that brings them in. `turn_at`: when a routed chat last rang there.
    """

    id: UUID
    ready: bool
    present: bool
    load: int
    slots: int
    unclosed: int
    unclosed_limit: int
    route_ringing: bool
    idle_since: datetime | None
    asked_at: datetime | None
    party: bool = False
    invited: bool = False
    asks: bool = False
    leaving: bool = False
    allowed: bool = True
    preferred: bool = False
    lacks: str = ""
    level: int = 0
    tier: int = 0
    through: UUID | None = None
    turn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one candidate was chosen or not, in words."""

    id: UUID
    reason: str
    fit: bool


def judge(candidate: Candidate) -> Verdict:
    """May this agent be asked at all? The first obstacle is the reason."""
    obstacle = _obstacle(candidate)
    return Verdict(candidate.id, obstacle or "can be asked", fit=obstacle is None)


OBSTACLES = (
    (lambda one: one.party, "is in the chat already"),
    (lambda one: one.invited, "is invited to the chat already"),
    (lambda one: one.asks, "asks for somebody else"),
    (lambda one: one.lacks, None),
    (lambda one: not one.allowed, "may not take chats"),
    (lambda one: not one.ready, "is not Ready"),
    (lambda one: one.leaving, "takes no new chats before leaving"),
    (lambda one: not one.present, "has lost the connection"),
    (lambda one: one.unclosed >= one.unclosed_limit, "has too many unclosed chats"),
    (lambda one: one.load >= one.slots, "is at capacity"),
    (lambda one: one.route_ringing, "another chat rings there"),
)


def _obstacle(candidate: Candidate) -> str | None:
    """In words; `lacks` has its own."""
    return next((words or candidate.lacks for stands, words in OBSTACLES if stands(candidate)), None)


def choose(
    candidates: Iterable[Candidate], now: datetime, strategy: str = LONGEST_IDLE
) -> tuple[UUID | None, list[Verdict]]:
    """The strategy's first among those who can be asked; the pool's own before those whom overflow adds.

    Whoever was asked for this chat in the last 30 seconds waits, unless all others were asked too.
    A preferred candidate comes before all others; while they are Ready and only busy, nobody else is asked.
    Returns the chosen agent (or None) and a verdict for each candidate.
    """
    candidates = list(candidates)
    chosen, pool, wanted = _pick(candidates, now, strategy)
    verdicts = {candidate.id: judge(candidate) for candidate in candidates}
    others = [candidate for candidate in pool if candidate is not chosen]
    first = chosen and ("had the contact's last chat" if chosen is wanted else why_first(strategy, chosen, others))
    words = _Words(chosen, wanted, strategy, first, now)
    return (chosen and chosen.id), [words.about(verdicts[c.id], c) for c in candidates]


def pick(candidates: Iterable[Candidate], now: datetime, strategy: str = LONGEST_IDLE) -> Candidate | None:
    """Whom `choose` chooses, without a word about it."""
    return _pick(list(candidates), now, strategy)[0]


def _pick(candidates: list[Candidate], now: datetime, strategy: str) -> tuple:
    """(chosen, those among whom the strategy chose, the preferred one)."""
    able = [candidate for candidate in candidates if _obstacle(candidate) is None]
    wanted = _wanted(candidates, now)
    if wanted is not None:
        able = [candidate for candidate in able if candidate is wanted]
    fresh = [candidate for candidate in able if not _asked_lately(candidate, now)]
    pool = _nearest(fresh) or _all_were_asked(able)
    return min(pool, key=lambda candidate: order(strategy, candidate)) if pool else None, pool, wanted


def _wanted(candidates: list[Candidate], now: datetime) -> Candidate | None:
    """The preferred candidate, while it makes sense to keep the chat for them."""
    kept = (c for c in candidates if c.preferred and c.allowed and c.ready and c.present and not (c.leaving or c.lacks))
    return next((candidate for candidate in kept if not _asked_lately(candidate, now)), None)


def _asked_lately(candidate: Candidate, now: datetime) -> bool:
    return candidate.asked_at is not None and now - candidate.asked_at < ASK_AGAIN


def _all_were_asked(able: list[Candidate]) -> list[Candidate]:
    """Everybody who could be asked was asked lately: the one asked longest ago comes again."""
    return [min(able, key=lambda candidate: candidate.asked_at)] if len(able) > 1 else []


def _nearest(fresh: list[Candidate]) -> list[Candidate]:
    """Of the pool's own whoever there is, else of the first overflow step that has somebody."""
    tier = min((candidate.tier for candidate in fresh), default=0)
    return [candidate for candidate in fresh if candidate.tier == tier]


@dataclass(frozen=True, slots=True)
class _Words:
    """Why each candidate was or was not chosen."""

    chosen: Candidate | None
    wanted: Candidate | None
    strategy: str
    first: str | None
    now: datetime

    def about(self, verdict: Verdict, candidate: Candidate) -> Verdict:
        if not verdict.fit:
            return verdict
        if candidate is self.chosen:
            return Verdict(candidate.id, self.first, fit=True)
        return Verdict(candidate.id, self._why_not(candidate), fit=False)

    def _why_not(self, candidate: Candidate) -> str:
        if self.wanted is not None:
            return "the agent of the contact's last chat comes first"
        if _asked_lately(candidate, self.now):
            return "was asked less than 30 seconds ago"
        if candidate.tier > self.chosen.tier:
            return (
                "the queue's own agents come first" if not self.chosen.tier else "an earlier overflow step comes first"
            )
        return why_not(self.strategy, candidate, self.chosen)
