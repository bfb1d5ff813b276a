"""How open invitations and their rings end; parts of larger actions, never a transaction of their own."""

from interactions.models import Interaction, Invitation, Ring
from interactions.states import Invited, Rang


def stop_ring(interaction: Interaction, invitation: Invitation, outcome: Rang, *, now) -> Ring | None:
    """End the ring of this invitation, if it rings. The agent it rings at must be locked."""
    ring = invitation.rings.open().first()
    if ring is not None:
        ring.finish(outcome, now=now, version=interaction.version)
    return ring


def withdraw(interaction: Interaction, invitations, *, now, state=Invited.REVOKED) -> None:
    """End these open invitations. The agents they ring at must be locked."""
    for invitation in invitations:
        stop_ring(interaction, invitation, Rang.WITHDRAWN, now=now)
        invitation.move(state, now=now)


def withdraw_all(interaction: Interaction, *, now, kind: str | None = None) -> None:
    """Revoke the chat's open invitations (of one kind). The agents they ring at must be locked."""
    pending = interaction.invitations.pending()
    withdraw(interaction, pending.of_kind(kind) if kind else pending, now=now)


def agents_of(invitations) -> list:
    """Ids of the agents at whom these invitations ring."""
    return list(Ring.objects.open().filter(invitation__in=invitations).values_list("agent_id", flat=True))


def ringing_at(interaction: Interaction) -> list:
    """Ids of the agents at whom an invitation of this chat rings."""
    return agents_of(interaction.invitations.pending())


def show_again(interaction: Interaction, **fields) -> None:
    """What rings shows something new: its previews are sent again. Locks the agents, so it comes before any lane."""
    agents = interaction.lock_agents(*ringing_at(interaction))
    rings = Ring.objects.open().filter(agent__in=agents, invitation__interaction=interaction)
    rings.update(version=interaction.version, **fields)
