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


def change(agent: Agent, status: Status, reason: Reason | None, *, channel=ChannelStatus.CHAT, now) -> None:
    """Part of an action that has locked the agent: set the status, close the period, open the next."""
    current = ChannelStatus.objects.filter(agent=agent, channel=channel).first()
    if current and (current.status, current.reason_id) == (status, reason and reason.id):
        agent.save(update_fields=["missed", "idle_since"])
        return
    _log_in_or_out(agent, channel, status, now)
    if channel == ChannelStatus.CHAT and status == Status.READY:
        agent.idle_since = now
    agent.save(update_fields=["missed", "idle_since", "logged_in_at"])
    values = {"status": status, "reason": reason, "since": now}
    ChannelStatus.objects.update_or_create(agent=agent, channel=channel, defaults=values)
    agent.periods.filter(channel=channel, until=None).update(until=now)
    StatusPeriod.objects.create(agent=agent, channel=channel, status=status, reason=reason, since=now)


def _log_in_or_out(agent: Agent, channel: str, status: Status, now) -> None:
    """Logged in since the first channel, until the last."""
    others = agent.channels.exclude(channel=channel).exclude(status=Status.LOGGED_OFF)
    if status != Status.LOGGED_OFF or others.exists():
        agent.logged_in_at = agent.logged_in_at or now
    else:
        agent.logged_in_at = None
