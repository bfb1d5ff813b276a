"""Who may write a mail to whom, who sees which, and which may be tried again: predicates, as in `permissions`."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from agents import privileges
from agents.models import Agent, Site
from agents.privileges import Privilege
from core.errors import Conflict

from .models import Interaction, OutgoingMail, Party, Segment
from .permissions import Refusal, can_edit
from .states import Mailed, State

TRANSCRIPTS = 3  # of one chat: a page that anybody can open sends mail to any address


def address_of(interaction: Interaction, party: Party) -> str:
    """Empty where none is known."""
    return party.agent.user.email if party.agent_id else interaction.contact.email


def can_mail(interaction: Interaction, agent: Agent, segment: Segment, party: Party) -> Refusal:
    """New E-mail: until Mark Done, to every other party whose address is known."""
    if refusal := can_edit(segment):
        return refusal
    if party.agent_id == agent.id:
        return Conflict("self", "You cannot write to yourself.")
    if party.kind == Party.CONTACT and segment.party.kind == Party.CONSULTANT:
        return Conflict("not_party", f"You are consulted on this chat; {party.nickname} knows nothing of you.")
    if party.agent_id and not party.agent.user.is_active:
        return Conflict("gone", f"{party.nickname} no longer works here.")
    if refusal := privileges.refusal(agent, Privilege.MAIL):
        return refusal
    return _can_be_reached(party, address_of(interaction, party))


def _can_be_reached(party: Party, address: str) -> Refusal:
    if not settings.MAIL_READY:
        return Conflict("no_mail", "Mail is not set up on this site. Ask an administrator.")
    if not address:
        return Conflict("no_address", f"No e-mail address of {party.nickname} is known.")
    try:
        validate_email(address)
    except ValidationError:
        return Conflict("no_address", f"{address} is no e-mail address.")
    return None


def can_retry(agent: Agent, mail: OutgoingMail) -> Refusal:
    return waits_for_retry(mail) or privileges.refusal(agent, Privilege.MAIL)


def waits_for_retry(mail: OutgoingMail) -> Refusal:
    """It was given up, or waits after an attempt that failed."""
    if mail.state == Mailed.SENT:
        return Conflict("mail_sent", "This mail was sent already.")
    if mail.state == Mailed.QUEUED and not mail.problem:
        return Conflict("queued", "This mail is about to be sent.")
    return None


def sees_mail(mail: OutgoingMail, agent: Agent, segments: Iterable[Segment]) -> bool:
    """Mail to the contact: as the public lane, up to where the agent left. To an agent: as the internal lane.

    Their own, and those to themselves, always. A transcript: the chat's agents who could read it to its end.
    """
    if agent.id in (mail.author_id, mail.party.agent_id):
        return True
    return any(_was_told(mail, row) for row in segments)


def _was_told(mail: OutgoingMail, segment: Segment) -> bool:
    if mail.is_transcript:
        return segment.party.kind == Party.AGENT and segment.stayed_until(mail.party.left_at)
    if segment.left_at is not None and segment.left_at < mail.created_at:
        return False
    inside = segment.party.kind == Party.AGENT and segment.joined_at <= mail.created_at
    return mail.is_to_contact or inside


def offers_transcript(interaction: Interaction, site: Site | None = None) -> Refusal:
    """Can the contact have the chat by e-mail? Where nobody ever answered there is none. In the contact's words."""
    if interaction.state != State.ENDED:
        return _to_contact(interaction, "not_ended")
    if not settings.MAIL_READY:
        return _to_contact(interaction, "no_mail")
    if interaction.active_since is None or not interaction.option("transcript_mail", site):
        return _to_contact(interaction, "not_offered")
    return None


def can_ask_transcript(interaction: Interaction, asked: int, site: Site | None = None) -> Refusal:
    """`asked`: how many of this chat's there are."""
    refusal = offers_transcript(interaction, site)
    return refusal or (_to_contact(interaction, "too_many") if asked >= TRANSCRIPTS else None)


def _to_contact(interaction: Interaction, code: str) -> Conflict:
    return Conflict(code, interaction.wording.transcript[code])
