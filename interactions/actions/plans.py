"""What waiting chats need at one moment, and who else is asked: rows for the pure `routing.widening`."""

from datetime import datetime
from functools import cached_property

from agents.models import Site
from interactions.models import Invitation
from interactions.staffing import is_staffed
from routing import widening
from routing.models import OverflowStep, RequiredSkill
from routing.widening import Plan


class Plans:
    """Reads each kind of row once, and each overflow queue once, however many chats are asked about."""

    def __init__(self, now: datetime, *, opened_at: datetime | None = None):
        """`opened_at`: the moment of which opening hours are asked, where that is another one."""
        self.now, self.opened_at = now, opened_at or now
        self._obstacles: dict = {}

    def of(self, invitation: Invitation) -> Plan:
        """Steps and skills count from when this wait began. For a message that was left nobody waits: no overflow."""
        queue = invitation.queue_id
        if queue is None:
            return Plan()
        steps = [] if invitation.interaction.offline else self._steps.get(queue, [])
        waited = (self.now - invitation.created_at).total_seconds()
        return widening.plan(queue, self._needs.get(queue, []), steps, self._passed_over(steps, waited), waited)

    def offers_message(self, invitation: Invitation) -> bool:
        waited = (self.now - invitation.created_at).total_seconds()
        return widening.offers_message(self._steps.get(invitation.queue_id, []), waited)

    def overflow_of(self, queue_id) -> list:
        """The queues that are asked too, sooner or later."""
        return [step.queue for step in self._steps.get(queue_id, []) if step.queue]

    def window(self, invitation: Invitation) -> tuple[int, int | None]:
        """From how many seconds of waiting, to how many, a chat of this queue has the same plan as this one."""
        queue = invitation.queue_id
        changes = {each.after for each in (*self._needs.get(queue, []), *self._steps.get(queue, []))}
        waited = (self.now - invitation.created_at).total_seconds()
        since = max((after for after in changes if after <= waited), default=0)
        return since, min((after for after in changes if after > waited), default=None)

    @cached_property
    def site(self) -> Site:
        return Site.current()

    @cached_property
    def _needs(self) -> dict:
        found: dict = {}
        for row in RequiredSkill.objects.select_related("skill"):
            need = widening.Need(row.skill_id, row.skill.name, row.level, row.after)
            found.setdefault(row.queue_id, []).append(need)
        return found

    @cached_property
    def _steps(self) -> dict:
        found: dict = {}
        for row in self._rows:
            step = widening.Step(row.after, row.target_id, row.target.name if row.target else "")
            found.setdefault(row.queue_id, []).append(step)
        return found

    @cached_property
    def _rows(self) -> list:
        return list(OverflowStep.objects.select_related("target__opening_hours"))

    def _passed_over(self, steps, waited: float) -> dict:
        """Why the queues of the steps that have come cannot be asked now; those that can are left out."""
        asked = {step.queue for step in widening.reached(steps, waited) if step.queue}
        for id in asked - set(self._obstacles):
            self._obstacles[id] = self._obstacle(next(row.target for row in self._rows if row.target_id == id))
        return {id: self._obstacles[id] for id in asked if self._obstacles[id]}

    def _obstacle(self, queue) -> str | None:
        if not queue.is_open(self.opened_at):
            return "it is closed"
        if not queue.agents.active().exists():
            return "it has no agents"
        return None if is_staffed(queue, self.now) else "nobody of it is logged in"
