"""Who reads which lane, and up to where; parts of larger actions."""

from interactions.models import Interaction, Lane, Party, Reader
from interactions.models.lane import INTERNAL, PUBLIC


def start_reading(interaction: Interaction, party: Party) -> None:
    """Every public line, internal ones from now on, and what they wrote and read in consultations on this chat."""
    lanes = Lane.lock(interaction)
    starts = {PUBLIC: 1, INTERNAL: lanes[INTERNAL].head + 1}
    for name, start in starts.items():
        Reader.objects.create(party=party, lane=lanes[name], start=start)
    earlier = Reader.objects.filter(party__interaction=interaction, party__agent=party.agent).exclude(party=party)
    for lane in {reader.lane for reader in earlier.exclude(lane__name__in=starts).select_related("lane")}:
        Reader.objects.create(party=party, lane=lane, start=1, until=lane.head)


def read_along(interaction: Interaction, party: Party) -> None:
    """A consultant reads what the contact and the agents write to each other, and nothing that is internal."""
    Reader.objects.create(party=party, lane=Lane.lock(interaction)[PUBLIC], start=1, along=True)


def stop_reading(interaction: Interaction, party: Party) -> None:
    """They read up to here, in every lane."""
    lanes = {lane.id: lane for lane in Lane.lock(interaction).values()}
    for reader in party.readers.filter(until=None):
        reader.until = lanes[reader.lane_id].head
        reader.save(update_fields=["until"])


def close_lane(interaction: Interaction, lane: Lane) -> None:
    """Nobody writes there any more; who read it still can."""
    head = Lane.lock(interaction)[lane.name].head
    Reader.objects.filter(lane=lane, until=None).update(until=head)
