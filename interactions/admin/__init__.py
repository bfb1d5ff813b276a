"""Administration of outcomes, and the history of chats."""

from . import history, outcomes  # noqa: F401
