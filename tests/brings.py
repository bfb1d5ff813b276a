"""Cases that bring about a kind of work that is due, by its name."""

import pytest


class Brings(list):
    """Parameters (kind, bring) of a test."""

    def due(self, kind: str):
        """What brings about this kind of work; the clock stands where it is due."""

        def keep(bring):
            self.append(pytest.param(kind, bring, id=bring.__name__))
            return bring

        return keep

    @property
    def kinds(self) -> set[str]:
        return {param.values[0] for param in self}
