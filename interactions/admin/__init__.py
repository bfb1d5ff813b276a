"""Administration of outcomes, surveys and favourites, the history of chats and mail, and a place to try routing."""

from . import favourites, history, mail, outcome_codes, outcome_rules, outcomes, surveys, trying  # noqa: F401
