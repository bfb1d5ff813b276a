"""Administration of outcomes and corporate favourites, and the history of chats and mail."""

from . import favourites, history, mail, outcome_codes, outcome_rules, outcomes  # noqa: F401
