"""The journal is enough: after arbitrary histories facts and sums are what a recount of the product's own rows gives.

The state machine of the site plays them, with all its verbs; the rows that it leaves (parties, segments, invitations,
periods of statuses) are what nobody counts reports from, so they can say whether the counting is right.
"""

import os
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count, Sum
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from agents.models import StatusPeriod
from interactions.actions import retention
from interactions.models import Call, Interaction, Invitation, Party, Segment, SurveyReply
from interactions.replies import elapsed
from reporting import asking, checking, counting, reports
from reporting.models import (
    CallFact,
    InteractionFact,
    OutcomeFact,
    RequestFact,
    SegmentFact,
    StatusSum,
    SurveyFact,
    WaitFact,
)
from reporting.quarters import Span, quarter_of, spread
from reporting.scope import EVERYTHING
from tests.machine.site import SiteMachine

EXAMPLES = int(os.environ.get("PARLEY_MACHINE_EXAMPLES", 6))
STEPS = int(os.environ.get("PARLEY_MACHINE_STEPS", 40))


class CountedMachine(SiteMachine):
    """The same histories; what they leave is counted at their end, and sometimes in the middle."""

    def teardown(self):
        try:
            if hasattr(self, "world"):
                counting.catch_up(limit=7)
                counting.catch_up_now()
                everything_is_counted(self.world.now)
                self._nothing_is_kept()
        finally:
            super().teardown()

    def _nothing_is_kept(self):
        """All that is over can be erased, whatever led there, and the journal still tells it."""
        later = self.world.now + timedelta(days=400)
        due = set(retention.due(later).values_list("pk", flat=True))
        while retention.erase(later, limit=2, now=later):
            pass
        assert not Interaction.objects.filter(pk__in=due).exists()
        counting.catch_up_now()
        assert counting.behind() == 0 and list(checking.differences()) == []


def everything_is_counted(now) -> None:
    assert counting.behind() == 0
    _interactions()
    _segments()
    _requests()
    _waits()
    _outcomes()
    _surveys()
    _calls()
    _statuses()
    assert list(checking.differences()) == []
    _sums(now)


def _interactions() -> None:
    rows = Interaction.objects.values_list("id", "created_at", "ended_at", "end_cause", "offline", "routing_point")
    assert set(InteractionFact.objects.values_list("id", "at", "ended_at", "cause", "offline", "point")) == set(rows)
    for fact in InteractionFact.objects.all():
        seated = Party.objects.filter(interaction=fact.id, kind=Party.AGENT)
        first = seated.order_by("joined_at").first()
        assert fact.agents == seated.values("agent").distinct().count()
        assert fact.waited == (first and elapsed(fact.at, first.joined_at))


def _segments() -> None:
    told = {
        row.party_id: (
            row.interaction_id,
            row.agent_id,
            row.joined_at,
            row.left_at,
            row.done_at,
            row.queue_id,
            row.closed_by_system,
            row.left_at and elapsed(row.joined_at, row.left_at),
        )
        for row in Segment.objects.all()
    }
    columns = ("interaction", "agent", "at", "left_at", "done_at", "queue", "by_system", "handling")
    assert {row[0]: row[1:] for row in SegmentFact.objects.values_list("id", *columns)} == told
    causes = dict(Party.objects.exclude(agent=None).values_list("id", "cause"))
    assert dict(SegmentFact.objects.values_list("id", "cause")) == causes


def _requests() -> None:
    """Who sends the contact to a queue has asked for a transfer, and what the contact has then is a wait, too."""
    rows = Invitation.objects.exclude(kind="route", inviter=None)
    rows = rows.values_list("id", "kind", "state", "created_at", "ended_at")
    told = {
        id: ("transfer" if kind == "route" else kind, state if over else "", at, over)
        for id, kind, state, at, over in rows
    }
    facts = RequestFact.objects.values_list("id", "kind", "state", "at", "ended_at")
    assert {row[0]: row[1:] for row in facts} == told


def _waits() -> None:
    """Each place in a line is a wait; one whose contact left a message instead is two."""
    rows = Invitation.objects.filter(kind="route").values_list("interaction", "queue", "ended_at")
    facts = WaitFact.objects.exclude(outcome=WaitFact.MESSAGE).values_list("interaction", "queue", "ended_at")
    assert Counter(facts) == Counter(rows)
    answered = Invitation.objects.filter(kind="route", state="accepted").count()
    assert WaitFact.objects.filter(outcome=WaitFact.ANSWERED).count() == answered
    gone = Interaction.objects.filter(end_cause__in=("left", "grace"), active_since=None, offline=False).count()
    abandoned = WaitFact.objects.filter(outcome=WaitFact.ABANDONED, offline=False)
    assert abandoned.values("interaction").distinct().count() >= gone
    for fact in WaitFact.objects.exclude(ended_at=None):
        assert fact.waited == elapsed(fact.at, fact.ended_at)


def _calls() -> None:
    """A call that both heard, about a chat; what of it lies in the stretches of its two is credited to these."""
    heard = Call.objects.exclude(connected_at=None).exclude(interaction=None)
    columns = ("interaction", "caller", "callee", "connected_at", "ended_at")
    facts = CallFact.objects.values_list("interaction", "caller", "callee", "at", "ended_at")
    assert Counter(facts) == Counter(heard.values_list(*columns))
    for segment in SegmentFact.objects.exclude(left_at=None):
        mine, over = heard.of(segment.agent).filter(interaction=segment.interaction), segment.left_at
        spans = [(max(call.connected_at, segment.at), min(call.ended_at or over, over)) for call in mine]
        assert segment.call == sum(elapsed(*span) for span in spans)


def _outcomes() -> None:
    done = Segment.objects.filter(party__kind=Party.AGENT).exclude(done_at=None)
    told = Counter()
    for segment in done.annotate(codes_=Count("codes")):
        told[segment.party_id] = max(1, segment.codes_)
    facts = OutcomeFact.objects.values("segment").annotate(many=Count("id"))
    assert {row["segment"]: row["many"] for row in facts} == told


def _surveys() -> None:
    """Each rating, once, for who had the chat last and where."""
    told = Counter()
    for reply in SurveyReply.objects.select_related("survey"):
        last = Segment.objects.get(interaction=reply.interaction_id, last_owner=True)
        for answer in reply.answers.filter(question__kind="rating").select_related("question"):
            label = f"{reply.survey.name}: {answer.question.key}"
            told[reply.interaction_id, reply.at, last.agent_id, last.queue_id, label, answer.value] += 1
    facts = SurveyFact.objects.values_list("interaction", "at", "agent", "queue", "label", "answer")
    assert Counter(facts) == told
    assert all(fact.rating == int(fact.answer) for fact in SurveyFact.objects.all())


def _statuses() -> None:
    """What the periods of statuses say, save the one on chat in which somebody was when the history began."""
    told: Counter = Counter()
    for (agent, channel), periods in _periods().items():
        for one, after in pairwise(periods):
            if one.status != "logged_off":
                for quarter, spent in spread(one.since, after.since):
                    told[quarter, agent, channel, one.status, one.reason.name if one.reason else ""] += spent
    stored = StatusSum.objects.values_list("quarter", "agent", "channel", "status", "reason", "spent")
    assert {row[:-1]: row[-1] for row in stored} == told


def _periods() -> dict:
    found: dict = {}
    for period in StatusPeriod.objects.select_related("reason").order_by("since", "until"):
        found.setdefault((period.agent_id, period.channel), []).append(period)
    return {(agent, channel): periods[channel == "chat" :] for (agent, channel), periods in found.items()}


def _sums(now) -> None:
    """A report over all of it says what the facts do."""
    span = Span(quarter_of(now) - 5000, quarter_of(now) + 1, ZoneInfo("Asia/Kathmandu"), "day")
    work = asking.answer(asking.Question(reports.WORK, span, None, now, EVERYTHING)).totals
    handling = SegmentFact.objects.aggregate(all=Sum("handling"))["all"] or 0
    assert work["handling_total"] == round(handling / 1000, 3)
    assert work["segments"] == SegmentFact.objects.count()
    lines = asking.answer(asking.Question(reports.QUEUES, span, reports.QUEUE, now, EVERYTHING)).totals
    assert lines["offered"] + lines["messages"] == WaitFact.objects.count()


@pytest.mark.history
@pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
def test_whatever_people_do_the_journal_tells_it(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    run_state_machine_as_test(
        CountedMachine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="PARLEY_MACHINE_EXAMPLES" not in os.environ,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
