"""Who may do what now. Each predicate returns None, or the refusal to raise or to show.

Actions, the API and the workspace's `can` all use the same predicates.
"""

from agents import privileges
from agents.models import Agent, Site
from agents.privileges import Privilege
from agents.status import Status, words
from core.errors import Conflict, NotAllowed, NotFound, ParleyError

from . import auto_answer
from .models import Interaction, Party, Segment
from .states import Kind, State

Refusal = ParleyError | None
ASKS = {Kind.CONFERENCE: Privilege.CONFERENCE}


def require(refusal: Refusal) -> None:
    """Raise the refusal if there is one."""
    if refusal is not None:
        raise refusal


def can(refusal: Refusal) -> bool | str:
    """As clients read it: true, or the reason in words."""
    return True if refusal is None else refusal.message


def segment_of(interaction: Interaction, agent) -> Segment:
    """The agent's latest segment of this interaction. Raises NotFound for who never was a party."""
    rows = interaction.segments.filter(agent=agent).order_by("-joined_at", "-id")
    found = rows.select_related("party__agent").first()
    if found is None:
        raise NotFound(message="There is no such interaction.")
    return found


def is_here(party: Party) -> Refusal:
    return Conflict("not_party", "You are no longer in this chat.") if party.left_at else None


def is_current(interaction: Interaction, version: int) -> Refusal:
    """`version`: the ownership the client knew; an older one must look again."""
    if version < interaction.owner_version:
        return Conflict("stale", "The chat has changed hands meanwhile. Look again.")
    return None


def can_write(interaction: Interaction, party: Party) -> Refusal:
    if interaction.state == State.ENDED:
        return Conflict("ended", "This chat has ended.")
    return is_here(party)


def can_message(agent, colleague) -> Refusal:
    """Instant messages: to any other agent who still works here."""
    if agent.id == colleague.id:
        return Conflict("self", "You cannot write to yourself.")
    if not colleague.user.is_active:
        return Conflict("gone", f"{colleague.nickname} no longer works here.")
    return privileges.refusal(agent, Privilege.INSTANT_MESSAGE)


def can_end(interaction: Interaction, party: Party) -> Refusal:
    return can_write(interaction, party) or privileges.refusal(party.agent, Privilege.END)


def can_conference(interaction: Interaction, party: Party, seats: int, site: Site, kind: str | None = None) -> Refusal:
    """May this party invite anybody, or targets of this kind? `seats`: parties here and open invitations."""
    if refusal := can_write(interaction, party) or privileges.refusal(party.agent, Privilege.CONFERENCE, kind):
        return refusal
    if seats >= site.party_limit:
        return Conflict("party_limit", f"A chat has at most {site.party_limit} parties.")
    return None


def can_be_added(agent, *, inside, invited) -> Refusal:
    """Is this agent neither in the chat nor asked already? `inside`, `invited`: agent ids."""
    if agent.id in inside:
        return Conflict("already_party", f"{agent.nickname} is in this chat already.")
    if agent.id in invited:
        return Conflict("already_invited", f"{agent.nickname} is invited already.")
    return None


def can_be_asked(pool, *, open_targets, staffed: bool) -> Refusal:
    """May this queue, group or skill be asked? `open_targets`: what the chat's open invitations ask already."""
    if pool in open_targets:
        return Conflict("already_invited", f"{pool.name} is invited already.")
    if not staffed:
        return Conflict("unstaffed", f"Nobody of {pool.name} is logged in.")
    return None


def can_be_invited(agent, *, channel, present: bool, site: Site, used: int) -> Refusal:
    """May this agent be asked directly? Says by name why not. `used`: the slots they have taken."""
    name = agent.nickname
    if can_use_chat(agent):
        return Conflict("not_ready", f"{name} may not take chats.")
    if channel is None or channel.status == Status.LOGGED_OFF:
        return Conflict("logged_off", f"{name} is logged off.")
    if channel.status != Status.READY:
        return Conflict("not_ready", f"{name} is {words(channel.status, channel.reason and channel.reason.name)}.")
    if agent.after_last:
        return Conflict("not_ready", f"{name} takes no new chats before leaving.")
    if not present:
        return Conflict("logged_off", f"{name} has lost the connection.")
    if used >= agent.slots(site) + site.over_capacity:
        return Conflict("at_capacity", f"{name} is at capacity.")
    return None


def can_cancel(interaction: Interaction, invitation, party: Party) -> Refusal:
    """Whoever invited, and the owner."""
    if party.left_at is None and party.id in (invitation.inviter_id, interaction.owner_id):
        return None
    return NotAllowed("not_owner", "Only the owner of the chat or whoever invited can cancel this.")


def can_remove(interaction: Interaction, by: Party, party: Party) -> Refusal:
    """Delete From Conference: owner and supervisors any other agent, others those they invited, or by privilege."""
    if refusal := can_write(interaction, by):
        return refusal
    if party.kind == Party.CONTACT:
        return Conflict("not_allowed", "A contact is dismissed by End only.")
    if party.id == interaction.owner_id:
        return Conflict("is_owner", "The owner is replaced, not deleted.")
    if party.id == by.id:
        return Conflict("not_allowed", "Leave with End.")
    if by.id == interaction.owner_id or by.agent.supervisor or party.invited_by_id == by.id:
        return None
    if privileges.refusal(by.agent, Privilege.REMOVE_PARTY):
        return NotAllowed("not_owner", "Only the owner, who invited them, or who has a role for it can remove them.")
    return None


def can_join(agent) -> Refusal:
    """Checked under the agent's lock: who has just logged off is in no chat."""
    channel = agent.channels.filter(channel="chat").first()
    if channel is None or channel.status == Status.LOGGED_OFF:
        return Conflict("no_longer_available", "You have logged off.")
    return None


def can_use_chat(agent: Agent) -> Refusal:
    return privileges.refusal(agent, Privilege.USE_CHAT)


def can_set(agent: Agent, status: Status) -> Refusal:
    """Choose this chat status: without the channel only to log off."""
    return None if status == Status.LOGGED_OFF else can_use_chat(agent)


def can_answer_itself(ring, agent, presence: auto_answer.Presence, now) -> Refusal:
    """Accept without a click: the option holds, its preview is over, and somebody is at the screen."""
    if not auto_answer.is_due(ring, agent, now):
        return Conflict("not_automatic", "This is not answered by itself, or not yet.")
    if not presence.somebody:
        return Conflict("not_automatic", "Nobody is at the workspace, so it rings.")
    return None


def can_reject(agent: Agent) -> Refusal:
    return privileges.refusal(agent, Privilege.REJECT)


def can_go_on(invitation) -> Refusal:
    """May whoever asked for it still ask such targets? Decides while it waits for an agent; what rings goes on."""
    asks = ASKS.get(invitation.kind)
    return privileges.refusal(invitation.inviter.agent, asks, invitation.target_type) if asks else None


def can_finish(segment: Segment, rule, chosen: int) -> Refusal:
    """Mark Done: after End, and with an outcome where the rule asks for one."""
    if segment.left_at is None:
        return Conflict("not_ended", "End your part first.")
    if rule is not None and rule.asks(segment) and not chosen:
        return Conflict("disposition_required", "Choose a disposition first.")
    return None


def can_choose(segment: Segment, rule) -> Refusal:
    """Choose the segment's outcome: until Mark Done, where the rule says so only after End."""
    if refusal := can_edit(segment):
        return refusal
    if rule is None or not rule.offers:
        return Conflict("no_outcomes", "No outcomes are set up for this queue.")
    if rule.after_only and segment.left_at is None:
        return Conflict("too_early", "The disposition is chosen after End.")
    return None


def can_read_history(agent, segment: Segment) -> Refusal:
    """The contact's other chats: while the agent works on this one."""
    return privileges.refusal(agent, Privilege.READ_HISTORY) or can_edit(segment)


def can_fill(field) -> Refusal:
    """Agents change what the administrator lets them."""
    return None if field.editable else NotAllowed(message=f"{field.label} is not changed by agents.")


def can_edit(segment: Segment) -> Refusal:
    return Conflict("done", "This chat is marked done.") if segment.done_at else None
