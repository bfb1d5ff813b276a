"""Who has no connection any more, and who has one again: found by leases, in queries of a fixed number."""

from datetime import datetime, timedelta

from django.db.models import Q

from agents.models import Site
from core import leases
from interactions.models import Party, Ring
from routing.models import Queue

from . import presence


def unheard(now: datetime):
    """Rings at agents who have no workspace open."""
    return Ring.objects.open().exclude(leases.lives("agent", "agent_id", now))


def to_withdraw(now: datetime) -> list:
    """A routed chat does not go on ringing where nobody is; a direct request does until they count as lost."""
    rings = list(unheard(now).select_related("agent"))
    last = leases.last_seen([ring.agent.holder for ring in rings])
    lost = now - timedelta(seconds=presence.LOST_AFTER)
    return [ring.id for ring in rings if ring.routed or last.get(ring.agent.holder, ring.started_at) <= lost]


def silent(now: datetime) -> list:
    """Parties of live chats who are not marked away and have no connection: agents, and contacts."""
    here = Party.objects.here().filter(away_since=None, interaction__ended_at=None)
    agents = here.exclude(agent=None).exclude(leases.lives("agent", "agent_id", now))
    return [agents, here.filter(agent=None).exclude(leases.lives("contact", "interaction_id", now))]


def since(parties: list[Party], now: datetime) -> dict:
    """{party id: since when they have been silent}."""
    last = leases.last_seen([party.group for party in parties])
    return {party.id: min(last.get(party.group, party.joined_at), now) for party in parties}


def returned(now: datetime) -> list:
    """Marked away, and connected after all: it was their process that paused, no socket opened anew."""
    away = Party.objects.here().exclude(away_since=None)
    agents = away.exclude(agent=None).filter(leases.lives("agent", "agent_id", now))
    return [agents, away.filter(agent=None).filter(leases.lives("contact", "interaction_id", now))]


def found_again(now: datetime):
    """Segments of agents who were lost and are connected after all, while their chat still waits."""
    return presence.lost_and_waiting().filter(leases.lives("agent", "agent_id", now))


def contacts_away():
    """Contacts who are waited for."""
    return Party.objects.here().filter(kind=Party.CONTACT, interaction__offline=False).exclude(away_since=None)


def given_up(now: datetime) -> list:
    """Ids of the chats whose contacts have been away for as long as their queue, or the site, waits."""
    own = Queue.objects.exclude(contact_grace=None).values_list("pk", "contact_grace")
    over = Q(interaction__queue__contact_grace=None) & _away_for(Site.current().contact_grace, now)
    for queue, seconds in own:
        over |= Q(interaction__queue=queue) & _away_for(seconds, now)
    return list(contacts_away().filter(over).values_list("interaction_id", flat=True))


def _away_for(seconds: int, now: datetime) -> Q:
    return Q(away_since__lte=now - timedelta(seconds=seconds))
