"""What End will do for a party now, pure."""

from .frames import Choice, EndOffer


def offer(party, owner, others: list, contact_name: str) -> EndOffer:
    """`others`: the other agents in the chat who are connected, longest first.

    The owner's End passes the chat on while somebody stays; another agent's ends only their part. That
    is possible while the owner is away too: their absence has a clock of its own. The button does not call it staying.
    """
    if owner is not None and party.id != owner.id:
        return EndOffer("leave", _who_stays(owner, others), None, [])
    if others:
        choices = [Choice(other.id, other.nickname) for other in others]
        return EndOffer("pass", f"Leave, {others[0].nickname} takes over", others[0].id, choices)
    return EndOffer("close", f"End chat with {contact_name}", None, [])


def _who_stays(owner, others: list) -> str:
    if owner.away_since is None:
        return f"Leave, {owner.nickname} stays"
    return f"Leave, {others[0].nickname} stays" if others else f"Leave, {owner.nickname} is away"
