"""The contact answers the survey of a chat that is over."""

from datetime import datetime

from django.db import transaction

from core.errors import Conflict, Invalid
from interactions import events
from interactions.models import Interaction, Survey, SurveyAnswer, SurveyQuestion, SurveyReply
from interactions.models.survey import TEXT_LIMIT
from interactions.surveys import is_asked, survey_of
from interactions.transcript.text import without_controls
from routing import wording

RATING, CHOICE = SurveyQuestion.RATING, SurveyQuestion.CHOICE


@transaction.atomic(durable=True)
def answer(interaction_id, answers: dict[str, str], *, now: datetime) -> Interaction:
    """All answers at once, by the keys of the questions. The same again changes nothing.

    Raises Conflict `not_ended`, `no_survey`, `answered`; Invalid with the words for each question in `answers`.
    Emits survey.answered.
    """
    interaction = Interaction.lock(interaction_id)
    given = {key: text for key, value in answers.items() if (text := without_controls(value).strip())}
    if reply := SurveyReply.objects.filter(interaction=interaction).first():
        _must_be_the_same(reply, given, interaction)
        return interaction.untouched()
    survey = _asked(interaction)
    questions = {question.key: question for question in survey.asks}
    _check(questions, given, interaction.wording.page)
    reply = SurveyReply.objects.create(interaction=interaction, survey=survey, at=now)
    rows = [SurveyAnswer(reply=reply, question=questions[key], value=value) for key, value in given.items()]
    SurveyAnswer.objects.bulk_create(rows)
    about = {"survey": str(survey.id), "title": survey.name, **_told(rows)}
    events.record(interaction, "survey.answered", now=now, by="contact", **about)
    return interaction


def _told(rows: list[SurveyAnswer]) -> dict:
    """For the journal. What the contact wrote in their own words stands in the reply only."""
    of = {kind: {row.question.key: row.value for row in rows if row.question.kind == kind} for kind in (RATING, CHOICE)}
    return {"ratings": {key: int(value) for key, value in of[RATING].items()}, "choices": of[CHOICE]}


def _asked(interaction: Interaction) -> Survey:
    words = interaction.wording.page
    if interaction.live:
        raise Conflict("not_ended", words["survey_early"])
    survey = survey_of(interaction, Survey.objects.asked()) if is_asked(interaction) else None
    if survey is None:
        raise Conflict("no_survey", words["survey_none"])
    return survey


def _must_be_the_same(reply: SurveyReply, given: dict, interaction: Interaction) -> None:
    stored = dict(reply.answers.values_list("question__key", "value"))
    if stored != given:
        raise Conflict("answered", interaction.wording.page["survey_answered"])


def _check(questions: dict, given: dict, words) -> None:
    wrong = {key: [words["unknown_field"]] for key in given if key not in questions}
    for key, question in questions.items():
        if mistake := question.mistake(given.get(key, "")):
            wrong[key] = [wording.fill(words[mistake], {"n": TEXT_LIMIT})]
    if not given and not wrong:
        raise Invalid(message=words["survey_empty"])
    if wrong:
        raise Invalid(message=words["wrong"], answers=wrong)
