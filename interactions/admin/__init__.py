"""Administration of outcomes and corporate favourites, and the history of chats."""

from . import favourites, history, outcomes  # noqa: F401
