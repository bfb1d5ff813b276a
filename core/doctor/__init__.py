"""Looks at an installation and says in plain sentences what is wrong, and what to do. Each app adds what it knows."""

from . import safety, databases, layer, clocks, machine, proxies  # noqa: F401, I001 -- register themselves, in this order
from .findings import Asked, Finding, Grade, bad, doubtful, examine, examined, good

__all__ = ["Asked", "Finding", "Grade", "bad", "doubtful", "examine", "examined", "good"]
