"""Who may do what now. Each predicate returns None, or the refusal to raise or to show.

Actions, the API and the workspace's `can` all use the same predicates.
"""

from agents import privileges
from agents.models import Agent, Site
from agents.privileges import Privilege
from agents.status import Status, words
from core.errors import Conflict, NotAllowed, NotFound, ParleyError

from . import auto_answer
from .models import Consultation, Interaction, Invitation, Party, Reader, Segment
from .models.lane import INTERNAL, PUBLIC
from .states import Kind, Medium, State

Refusal = ParleyError | None


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


def can_take_part(interaction: Interaction, party: Party) -> Refusal:
    """Is this one of the agents, or the contact, of a chat that goes on?"""
    if interaction.state == State.ENDED:
        return Conflict("ended", "This chat has ended.")
    if party.kind == Party.CONSULTANT and not party.left_at:
        return Conflict("not_party", "You are consulted on this chat; only who asked you reads what you write.")
    return is_here(party)


ONLY_AGENTS = Conflict("only_agents", "Instant messages go to agents only.")


def can_message(agent, colleague) -> Refusal:
    """Instant messages: to any other agent who still works here."""
    if agent.id == colleague.id:
        return Conflict("self", "You cannot write to yourself.")
    if not colleague.user.is_active:
        return Conflict("gone", f"{colleague.nickname} no longer works here.")
    return privileges.refusal(agent, Privilege.INSTANT_MESSAGE)


def can_end(interaction: Interaction, party: Party) -> Refusal:
    return can_take_part(interaction, party) or privileges.refusal(party.agent, Privilege.END)


def can_write(interaction: Interaction, reader: Reader) -> Refusal:
    """In this reader's lane, now. A consultation's lane is open as long as the consultation."""
    if reader.lane.name in (PUBLIC, INTERNAL):
        return can_take_part(interaction, reader.party)
    if interaction.state == State.ENDED:
        return Conflict("ended", "This chat has ended.")
    return None if reader.until is None else Conflict("ended", "This consultation has ended.")


def may_ask(agent, kind: Kind, target: str | None = None, medium: str = Medium.CHAT) -> Refusal:
    """By the agent's privileges: a conference with, a consultation of, a transfer to this kind of target.

    `target`: agent, group, skill, queue, routing_point; None: any of them.
    """
    consult = Privilege(f"consult_{medium}")
    privilege = {Kind.CONFERENCE: Privilege.CONFERENCE, Kind.TRANSFER: Privilege.TRANSFER}.get(kind, consult)
    return privileges.refusal(agent, privilege, target)


def may_consult(agent) -> Refusal:
    """In any medium."""
    refusals = [may_ask(agent, Kind.CONSULT, medium=medium) for medium in Medium]
    return refusals[0] if all(refusals) else None


def can_conference(interaction: Interaction, party: Party, seats: int, site: Site) -> Refusal:
    """May this party invite anybody? `seats`: parties here and open invitations."""
    if refusal := can_take_part(interaction, party):
        return refusal
    if seats >= (limit := interaction.option("party_limit", site)):
        return Conflict("party_limit", f"A chat has at most {limit} parties.")
    return None


def can_consult(interaction: Interaction, party: Party) -> Refusal:
    """May this party consult anybody beside the chat? There must be a contact whom it is about."""
    if refusal := can_take_part(interaction, party):
        return refusal
    if interaction.offline:
        return Conflict("no_contact", "A message was left: no contact is waiting in this chat.")
    return None


def can_transfer(interaction: Interaction, party: Party, picture) -> Refusal:
    """May this party give their place to somebody else? One transfer at a time."""
    if refusal := can_take_part(interaction, party):
        return refusal
    for invitation in picture.pending:
        if invitation.kind == Kind.TRANSFER and invitation.inviter_id == party.id:
            words = f"The transfer to {invitation.target_name} is still open. Cancel it first."
            return Conflict("transfer_pending", words, invitation=str(invitation.id))
    return None


def can_be_added(agent, kind: Kind, picture) -> Refusal:
    """Is this agent neither in the chat nor asked already? For a consultation, nor consulted already?"""
    if agent.id in {party.agent_id for party in picture.here}:
        return Conflict("already_party", f"{agent.nickname} is in this chat already.")
    if kind == Kind.CONSULT and agent.id in picture.consulted:
        return Conflict("already_consulted", f"{agent.nickname} is consulted on this chat already.")
    if agent.id in picture.invited:
        return Conflict("already_invited", f"{agent.nickname} is invited already.")
    return None


def can_ask_consultant(consultation: Consultation, party: Party, picture) -> Refusal:
    """May this party ask the consultant into the chat, or to take it? Whatever the consultant's status and load.

    Who would come without being asked once more must be there.
    """
    name = consultation.consultant.nickname
    if consultation.requester_id != party.id:
        return NotAllowed(
            "not_allowed", f"Only {consultation.requester.nickname} can ask {name} from the consultation."
        )
    if not consultation.active:
        return Conflict("ended", "This consultation has ended.")
    if consultation.consultant.agent_id in picture.invited:
        return Conflict("already_invited", f"{name} is invited already.")
    if consultation.consultant.away_since and not picture.site.consultant_accepts:
        return has_lost_connection(consultation.consultant)
    return None


def has_lost_connection(agent) -> Refusal:
    return Conflict("logged_off", f"{agent.nickname} has lost the connection.")


def can_end_consultation(consultation: Consultation, party: Party) -> Refusal:
    """Either of the two."""
    if not consultation.active:
        return Conflict("ended", "This consultation has ended.")
    if party.id in (consultation.requester_id, consultation.consultant_id):
        return None
    return NotAllowed("not_allowed", "Only the two of them can end it.")


def can_make_transfer(invitation: Invitation, party: Party) -> Refusal:
    """May this open invitation to a conference become a transfer? Of whoever made it."""
    if not invitation.open:
        return Conflict("no_longer_available", "This invitation is over.")
    if invitation.kind != Kind.CONFERENCE:
        return Conflict("not_allowed", "Only an invitation to a conference can become a transfer.")
    if invitation.inviter_id != party.id:
        return NotAllowed("not_owner", "Only who invited them can make it a transfer.")
    return may_ask(party.agent, Kind.TRANSFER, invitation.target_type)


def can_send_to(queue, picture, *, staffed: bool, alone: bool, as_message: bool, now) -> Refusal:
    """May the chat be transferred to this queue, or left there as a message? `alone`: no other agent stays.

    What was a message before waits there at any hour, for whoever comes.
    """
    if alone and picture.joining:
        return Conflict("invitation_pending", "An invitation is still open. Cancel it first, or make it a transfer.")
    if not alone and queue in picture.asked(Kind.TRANSFER):
        return Conflict("already_invited", f"{queue.name} is asked already.")
    if picture.interaction.offline:
        return None
    closed = not queue.is_open(now)
    if as_message and not alone:
        return Conflict("not_alone", "Another agent stays with the contact. Leave the chat instead.")
    if as_message:
        words = f"{queue.name} is open and somebody is there. Transfer the chat instead."
        return None if closed or not staffed else Conflict("staffed", words)
    if closed:
        opening = queue.next_opening(now)
        return Conflict("closed", f"{queue.name} is closed.", next_opening=opening and opening.isoformat())
    return None if staffed else Conflict("unstaffed", f"Nobody of {queue.name} is logged in.")


def can_be_asked(pool, *, open_targets, staffed: bool) -> Refusal:
    """May this queue, group or skill be asked? `open_targets`: what the chat's open invitations ask already."""
    if pool in open_targets:
        return Conflict("already_invited", f"{pool.name} is invited already.")
    if not staffed:
        return Conflict("unstaffed", f"Nobody of {pool.name} is logged in.")
    return None


def can_be_invited(agent, kind: Kind, *, channel, present: bool, site: Site, load) -> Refusal:
    """May this agent be asked directly? Says by name why not. A consultation takes no slot and has its own limit."""
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
        return has_lost_connection(agent)
    if kind == Kind.CONSULT:
        full = load.consulted >= agent.option("consultation_limit", site).value
        return Conflict("at_capacity", f"{name} is consulted on {load.consulted} chats already.") if full else None
    if load.used >= agent.slots(site) + agent.option("over_capacity", site).value:
        return Conflict("at_capacity", f"{name} is at capacity.")
    return None


def can_be_called(agent, *, channel, present: bool, busy: bool) -> Refusal:
    """May this agent be called now? Says by name why not. `channel`: their voice channel."""
    name = agent.nickname
    if channel is None or channel.status == Status.LOGGED_OFF:
        return Conflict("logged_off", f"{name} is logged off from voice.")
    if not present:
        return has_lost_connection(agent)
    if channel.status != Status.READY:
        return Conflict(
            "not_ready", f"{name} is {words(channel.status, channel.reason and channel.reason.name)} on voice."
        )
    return Conflict("busy", f"{name} is in a call.") if busy else None


def can_call(agent, *, channel, busy: bool) -> Refusal:
    """May the agent call anybody now? `channel`: their own voice channel."""
    if refusal := privileges.refusal(agent, Privilege.CALL):
        return refusal
    if channel is None or channel.status == Status.LOGGED_OFF:
        return Conflict("logged_off", "You are logged off from voice.")
    return Conflict("busy", "You are in a call already.") if busy else None


def can_speak(consultation) -> Refusal:
    """May the two of a consultation speak with each other?"""
    if not consultation.active:
        return Conflict("ended", "This consultation has ended.")
    if consultation.medium != Medium.VOICE:
        return Conflict("not_voice", "This consultation is in writing.")
    return None


def can_speak_now(other, *, present: bool, mine: bool, theirs: bool) -> Refusal:
    """`mine`, `theirs`: who is in a call already."""
    if mine:
        return Conflict("busy", "You are in a call already.")
    if not present:
        return Conflict("logged_off", f"{other.nickname} has lost the connection.")
    return Conflict("busy", f"{other.nickname} is in a call.") if theirs else None


def can_call_party(interaction: Interaction, by: Party, party: Party) -> Refusal:
    """Call in the party action menu, as far as the chat says; whether they are Ready is asked when it is called."""
    if interaction.state == State.ENDED:
        return Conflict("ended", "This chat has ended.")
    if refusal := is_here(by) or privileges.refusal(by.agent, Privilege.CALL):
        return refusal
    if party.kind == Party.CONTACT:
        return Conflict("not_allowed", "Only agents can be called.")
    if party.id == by.id:
        return Conflict("not_allowed", "That is you.")
    return Conflict("not_party", f"{party.nickname} has left.") if party.left_at else None


def can_cancel(interaction: Interaction, invitation, party: Party) -> Refusal:
    """Whoever invited, and the owner."""
    if party.left_at is None and party.id in (invitation.inviter_id, interaction.owner_id):
        return None
    return NotAllowed("not_owner", "Only the owner of the chat or whoever invited can cancel this.")


def can_remove(interaction: Interaction, by: Party, party: Party) -> Refusal:
    """Delete From Conference: owner and supervisors any other agent, others those they invited, or by privilege."""
    if refusal := can_take_part(interaction, by):
        return refusal
    if party.kind == Party.CONTACT:
        return Conflict("not_allowed", "A contact is dismissed by End only.")
    if party.kind == Party.CONSULTANT:
        return Conflict("not_allowed", "A consultation is ended by one of its two, not deleted.")
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
    if invitation.kind == Kind.ROUTE:
        return None
    medium = invitation.medium or Medium.CHAT
    return may_ask(invitation.inviter.agent, invitation.kind, invitation.target_type, medium)


def can_finish(segment: Segment, rule, chosen: int) -> Refusal:
    """Mark Done: after End, and with an outcome where the rule asks for one."""
    if segment.left_at is None:
        words = "End the consultation first." if segment.consulted else "End your part first."
        return Conflict("not_ended", words)
    if rule is not None and rule.asks(segment) and not chosen:
        return Conflict("disposition_required", "Choose a disposition first.")
    return None


def can_choose(segment: Segment, rule) -> Refusal:
    """Choose the segment's outcome: until Mark Done, where the rule says so only after End."""
    if refusal := can_edit(segment):
        return refusal
    if segment.consulted:
        return Conflict("no_outcomes", "Whoever was only consulted sets no outcome.")
    if rule is None or not rule.offers:
        return Conflict("no_outcomes", "No outcomes are set up for this queue.")
    if rule.after_only and segment.left_at is None:
        return Conflict("too_early", "The disposition is chosen after End.")
    return None


def can_read_history(agent, segment: Segment) -> Refusal:
    """The contact's other chats: while the agent works on this one."""
    return privileges.refusal(agent, Privilege.READ_HISTORY) or can_edit(segment)


def can_fill(field, segment: Segment) -> Refusal:
    """Agents of the chat change what the administrator lets them; who is consulted changes nothing."""
    if segment.consulted:
        return NotAllowed(message="Whoever is only consulted changes no case data.")
    return None if field.editable else NotAllowed(message=f"{field.label} is not changed by agents.")


def can_edit(segment: Segment) -> Refusal:
    return Conflict("done", "This chat is marked done.") if segment.done_at else None
