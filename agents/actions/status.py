"""An agent's channel status changes."""

from agents.models import Agent, ChannelStatus, Reason, StatusPeriod
from agents.status import Status


def last_chat_over(agent: Agent, *, auto_after_call_work: bool, now) -> None:
    """Part of an action in which a locked agent's last chat ended: what they, or the site, wanted then."""
    wanted = agent.after_last or (auto_after_call_work and _is_ready(agent) and Status.AFTER_CALL_WORK)
    if wanted:
        agent.after_last = ""
        agent.save(update_fields=["after_last"])
        change(agent, Status(wanted), None, now=now)


def _is_ready(agent: Agent) -> bool:
    return agent.chat().status == Status.READY


def change(agent: Agent, status: Status, reason: Reason | None, *, now) -> None:
    """Part of an action that has locked the agent: set the status, close the period, open the next."""
    current = ChannelStatus.objects.filter(agent=agent, channel=ChannelStatus.CHAT).first()
    if current and (current.status, current.reason_id) == (status, reason and reason.id):
        agent.save(update_fields=["missed", "idle_since"])
        return
    _log_in_or_out(agent, current, status, now)
    if status == Status.READY:
        agent.idle_since = now
    agent.save(update_fields=["missed", "idle_since", "logged_in_at"])
    values = {"status": status, "reason": reason, "since": now}
    ChannelStatus.objects.update_or_create(agent=agent, channel=ChannelStatus.CHAT, defaults=values)
    agent.periods.filter(until=None).update(until=now)
    StatusPeriod.objects.create(agent=agent, channel=ChannelStatus.CHAT, status=status, reason=reason, since=now)


def _log_in_or_out(agent: Agent, current, status: Status, now) -> None:
    was_off = current is None or current.status == Status.LOGGED_OFF
    if status == Status.LOGGED_OFF:
        agent.logged_in_at = None
    elif was_off:
        agent.logged_in_at = now
