"""The demo's outcomes: a short list for Billing and for every other chat, a tree for Network."""

from interactions import outline
from interactions.actions import outcomes
from interactions.models import DispositionRule, DispositionSet

SHORT = "Resolved\nEscalated\nCall back agreed\nRefund"
NETWORK = """
Solved / Restarted the router
Solved / Settings changed / Wi-Fi channel
Solved / Settings changed / Name or password
Solved / Settings changed / Port opened
Solved / Explained how it works
Outage / Known, contact informed
Outage / New, reported to operations
Outage / Planned work
Line / Copper / Drops
Line / Copper / Slow
Line / Copper / No signal
Line / Fibre / No light
Line / Fibre / Slow
Line / Fibre / Box is broken
Hardware / Router to be replaced
Hardware / Power supply to be replaced
Hardware / Cable sent
Visit / Agreed
Visit / Contact wants to think about it
Passed on / Billing
Passed on / Sales
Passed on / Complaints
No answer needed / Spam
No answer needed / Contact left
"""


def load(queues: dict) -> None:
    """What is there already stays as it is."""
    short, tree = _set("Outcomes", SHORT), _set("Network outcomes", NETWORK)
    rules = DispositionRule.objects
    radio = {"set": short, "required": True, "display": DispositionRule.RADIO}
    rules.get_or_create(queue=queues["Billing"], defaults=radio)
    rules.get_or_create(
        queue=queues["Network"], defaults={"set": tree, "display": DispositionRule.TREE, "max_codes": 3}
    )
    rules.get_or_create(queue=None, routing_point=None, defaults={"set": short, "display": DispositionRule.DROPDOWN})


def _set(name: str, written: str) -> DispositionSet:
    found, made = DispositionSet.objects.get_or_create(name=name)
    if made:
        outcomes.add_codes(found, [outline.read(line) for line in written.strip().splitlines()])
    return found
