"""Who is asked what when a chat is over: predicates, as in `permissions`."""

from collections.abc import Iterable

from .models import Interaction, Survey
from .models.survey import of_queue


def is_asked(interaction: Interaction) -> bool:
    """Whom nobody has answered is asked nothing."""
    return not interaction.live and not interaction.offline and interaction.active_since is not None


def survey_of(interaction: Interaction, surveys: Iterable[Survey]) -> Survey | None:
    """Of the active ones that of the queue in which it ended."""
    return of_queue(surveys, interaction.queue_id)
