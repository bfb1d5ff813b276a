"""Administration of outcomes and corporate favourites, and the history of chats."""

from . import favourites, history, outcome_codes, outcome_rules, outcomes  # noqa: F401
