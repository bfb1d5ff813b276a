"""The demo's roles: what everybody may do, what supervisors may do beyond it, and one for who is still learning."""

from agents.models import AgentGroup, Role, Site
from agents.privileges import SWITCHES, USUAL

TRAINEE_NOT = ("conference.queue", "conference.routing_point", "transfer.queue", "transfer.routing_point")
ROLES = {
    "Agent": USUAL,
    "Lead": list(SWITCHES),
    "Trainee": [switch for switch in USUAL if switch not in TRAINEE_NOT],
}
LEADS = "Supervisors"


def load() -> None:
    """What is there already stays as it is. Nobody is a trainee yet."""
    roles = {name: Role.objects.get_or_create(name=name, defaults={"allowed": may})[0] for name, may in ROLES.items()}
    Site.objects.filter(role=None).update(role=roles["Agent"])
    AgentGroup.objects.filter(name=LEADS, role=None).update(role=roles["Lead"])
