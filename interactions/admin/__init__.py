"""Administration of outcomes and corporate favourites, the history of chats and mail, and a place to try routing."""

from . import favourites, history, mail, outcome_codes, outcome_rules, outcomes, trying  # noqa: F401
