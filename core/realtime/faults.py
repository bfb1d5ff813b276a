"""Faults injected into delivery, to prove that clients heal: a third of all frames may be lost."""

import os
from dataclasses import dataclass, field
from random import Random


@dataclass
class Faults:
    """Shares of deliveries to lose, to send twice, to send after the next one."""

    drop: float = 0.0
    double: float = 0.0
    reorder: float = 0.0
    seed: int = 1
    random: Random = field(init=False)

    def __post_init__(self):
        self.random = Random(self.seed)  # noqa: S311 -- repeatable on purpose

    def fate(self) -> str:
        """What becomes of one delivery: "drop", "double", "reorder" or "send"."""
        roll = self.random.random()
        for name in ("drop", "double", "reorder"):
            if roll < getattr(self, name):
                return name
            roll -= getattr(self, name)
        return "send"

    @classmethod
    def parse(cls, text: str) -> "Faults":
        """From words such as "drop:0.3,double:0.1,reorder:0.1,seed:7"."""
        given = dict(part.strip().split(":") for part in text.split(",") if part.strip())
        seed = int(given.pop("seed", 1))
        return cls(**{name: float(share) for name, share in given.items()}, seed=seed)

    @classmethod
    def from_environment(cls, env=os.environ) -> "Faults | None":
        """PARLEY_TEST_FAULTS, heard only where PARLEY_TEST=1 says that this server is a test."""
        if env.get("PARLEY_TEST") != "1" or not env.get("PARLEY_TEST_FAULTS"):
            return None
        return cls.parse(env["PARLEY_TEST_FAULTS"])
