"""What was counted from the journal: facts, their sums by quarter hour, and how far the counting came."""

from .facts import CallFact, InteractionFact, OutcomeFact, RequestFact, SegmentFact, SurveyFact, WaitFact
from .progress import OpenStatus, Progress
from .sums import InteractionSum, OutcomeSum, RequestSum, SegmentSum, StatusSum, SurveySum, WaitSum

__all__ = [
    "CallFact",
    "InteractionFact",
    "InteractionSum",
    "OpenStatus",
    "OutcomeFact",
    "OutcomeSum",
    "Progress",
    "RequestFact",
    "RequestSum",
    "SegmentFact",
    "SegmentSum",
    "StatusSum",
    "SurveyFact",
    "SurveySum",
    "WaitFact",
    "WaitSum",
]
