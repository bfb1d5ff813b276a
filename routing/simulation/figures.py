"""What a simulated day amounts to, as the reports define their figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from .parts import Waited


@dataclass(frozen=True, slots=True)
class Figures:
    """`service_level`: accepted within the threshold, divided by offered. `turned_away`: not offered, it was closed."""

    offered: int
    turned_away: int
    answered: int
    abandoned: int
    service_level: float | None
    average: float | None
    ninth: float | None
    longest: float | None
    occupancy: float | None


def figures(done: Sequence[Waited], threshold: float, occupancy: float | None) -> Figures:
    offered = [one for one in done if not one.turned_away]
    waits = sorted(one.wait for one in offered if one.agent is not None)
    within = sum(wait <= threshold for wait in waits)
    return Figures(
        offered=len(offered),
        turned_away=len(done) - len(offered),
        answered=len(waits),
        abandoned=len(offered) - len(waits),
        service_level=within / len(offered) if offered else None,
        average=sum(waits) / len(waits) if waits else None,
        ninth=waits[min(len(waits) - 1, int(len(waits) * 0.9))] if waits else None,
        longest=waits[-1] if waits else None,
        occupancy=occupancy,
    )
