"""What routing would do with a chat that does not exist: asked of the code that routes, and nothing is written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from agents.models import Agent
from routing import engine
from routing.models import Queue, RoutingPoint
from routing.rules import Route, Sample
from routing.strategies import STRATEGIES
from routing.widening import Plan, risen

from .actions.candidates import Look, look
from .actions.line import Seats
from .actions.plans import Plans
from .models import Contact, Interaction, Invitation
from .staffing import is_staffed
from .states import Kind


@dataclass(frozen=True, slots=True)
class Looked:
    """One agent whom routing looked at: through which queue, chosen or why not."""

    agent: Agent
    queue: str
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Everything that was decided. `opening`: when a closed queue opens next. `priority`: after so long a wait.

    `open`: is the queue, else no chat begins, and all else is about a message that is left in it. `others`: how many of
    a large pool have no room or are not Ready, and were not looked at one by one.
    """

    route: Route
    queue: Queue
    open: bool
    opening: datetime | None
    staffed: bool
    priority: int
    plan: Plan
    strategy: str
    offers_message: bool
    others: int = 0
    looked: list[Looked] = field(default_factory=list)

    @property
    def chosen(self) -> Looked | None:
        return next((one for one in self.looked if one.chosen), None)


def attempt(point: RoutingPoint, sample: Sample, *, waited: int = 0, last_agent=None, now: datetime) -> Attempt:
    """A chat that came at the sample's moment and has waited so many seconds since, among the agents as they are now.

    `last_agent`: who had the contact's last chat.
    """
    queue, route = point.route(sample)
    is_open = queue.is_open(sample.at)
    invitation = _imagined(point, queue, sample, waited, last_agent, now)
    invitation.interaction.offline = not is_open
    plans = Plans(now, opened_at=sample.at + timedelta(seconds=waited))
    plan = plans.of(invitation)
    found = look(invitation, plan, plans.site, now, among=Seats(plans.site, now).queues)
    _, verdicts = engine.choose(found.candidates, now, invitation.strategy)
    return Attempt(
        route=route,
        queue=queue,
        open=is_open,
        opening=queue.next_opening(sample.at),
        staffed=is_staffed(queue, now),
        priority=risen(queue.priority if route.priority is None else route.priority, queue.ageing, waited),
        plan=plan,
        strategy=STRATEGIES[invitation.strategy].label,
        offers_message=is_open and plans.offers_message(invitation),
        others=found.others,
        looked=_looked(found, verdicts),
    )


def _imagined(point, queue: Queue, sample: Sample, waited: int, last_agent, now: datetime) -> Invitation:
    """Rows that are never saved: the place in line of this chat."""
    since = now - timedelta(seconds=waited)
    chat = Interaction(
        id=uuid4(), routing_point=point, queue=queue, contact=Contact(), case=dict(sample.case), created_at=since
    )
    about = {"kind": Kind.ROUTE, "queue": queue, "preferred": last_agent}
    return Invitation(interaction=chat, created_at=since, waited_since=since, **about)


def _looked(found: Look, verdicts: list[engine.Verdict]) -> list[Looked]:
    """Whom is chosen first, then who could be asked as well, then everybody else; each by name."""
    pool, agents = found.candidates, found.agents
    queues = dict(Queue.objects.filter(pk__in={one.through for one in pool}).values_list("pk", "name"))
    able = {candidate.id: engine.judge(candidate).fit for candidate in pool}
    through = {candidate.id: queues.get(candidate.through, "") for candidate in pool}
    looked = [Looked(agents[one.id], through[one.id], one.fit, one.reason) for one in verdicts]
    return sorted(looked, key=lambda one: (not one.chosen, not able[one.agent.id], one.agent.name))
