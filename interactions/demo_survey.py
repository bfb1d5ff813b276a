"""The demo's survey: what every contact is asked when their chat is over."""

from interactions.models import Survey, SurveyQuestion

CHOICE, TEXT = SurveyQuestion.CHOICE, SurveyQuestion.TEXT
QUESTIONS = (
    {"key": "content", "text": "How content are you with our answer?", "required": True},
    {"key": "solved", "text": "Is it solved?", "kind": CHOICE, "choices": "Yes\nPartly\nNo"},
    {"key": "better", "text": "What could be better?", "kind": TEXT},
)


def load() -> None:
    """For all queues. What is there already stays as it is."""
    survey, made = Survey.objects.get_or_create(queue=None, defaults={"name": "After every chat"})
    if made:
        rows = [SurveyQuestion(survey=survey, position=place, **about) for place, about in enumerate(QUESTIONS, 1)]
        SurveyQuestion.objects.bulk_create(rows)
