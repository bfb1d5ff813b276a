"""How the lines of many queues stand, in a fixed number of queries. How long one waits: `interactions.waits`."""

from collections import Counter
from collections.abc import Collection

from interactions.models import Invitation
from interactions.states import Kind


def waiting(queue_ids: Collection) -> Counter:
    """{queue id: contacts in its line}, what rings included."""
    rows = Invitation.objects.pending().filter(kind=Kind.ROUTE, queue__in=queue_ids).order_by()
    return Counter(rows.values_list("queue_id", flat=True))
