"""Who is asked what when a chat is over: predicates, as in `permissions`."""

from collections.abc import Iterable

from .models import Interaction, Survey


def is_asked(interaction: Interaction) -> bool:
    """Whom nobody has answered is asked nothing."""
    return not interaction.live and not interaction.offline and interaction.active_since is not None


def survey_of(interaction: Interaction, surveys: Iterable[Survey]) -> Survey | None:
    """Of these that of the queue in which it ended, else the one for all others; None where it asks nothing."""
    fitting = [survey for survey in surveys if survey.queue_id in (None, interaction.queue_id)]
    found = min(fitting, key=lambda survey: survey.queue_id is None, default=None)
    return found if found and found.asks else None
