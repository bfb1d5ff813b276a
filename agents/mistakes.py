"""What in the options of people cannot be meant: colours that come in the wrong order, as several levels say it."""

from collections.abc import Iterator

from django.db.models import Q

from core.mistakes import Mistake, about, finder

from .models import Agent, AgentGroup, Site
from .options import effective

AMBER, RED = "pending_amber", "pending_red"
NEVER = "{who}: red after {red.value} s ({red.source}) comes before amber after {amber.value} s ({amber.source})."
HINT = "Nobody sees amber then. Give red more seconds, or amber fewer."


@finder("agents.site", "agents.agentgroup", "agents.agent")
def find(now) -> Iterator[Mistake]:
    """Each mixture once: the site's, a group's with the site's, that of several groups, and agents' own words."""
    site = Site.current()
    groups = list(AgentGroup.objects.filter(_said()))
    yield from _wrong("The site", site, site=site)
    for group in groups:
        yield from _wrong(f"Agents of {group}", group, site=site, groups=[group])
    yield from _mixed(groups, site)


def _said() -> Q:
    return Q(**{f"{AMBER}__isnull": False}) | Q(**{f"{RED}__isnull": False})


def _mixed(groups: list[AgentGroup], site: Site) -> Iterator[Mistake]:
    """Of agents who say something themselves, and of those whose groups say it together."""
    found = Agent.objects.active().filter(_said() | Q(groups__in=groups)).distinct()
    met = {frozenset([group.pk]) for group in groups}
    agents = list(found.only("name", AMBER, RED))
    Agent.read_groups(agents)
    for agent in agents:
        own = getattr(agent, AMBER) is not None or getattr(agent, RED) is not None
        saying = [group for group in agent.memberships if group in groups]
        together = frozenset(group.pk for group in saying)
        if own:
            yield from _wrong(str(agent), agent, site=site, agent=agent, groups=saying)
        elif together not in met:
            met.add(together)
            names = " and ".join(str(group) for group in saying)
            yield from _wrong(f"Agents of {names}", saying[0], site=site, groups=saying)


def _wrong(who: str, row, **levels) -> Iterator[Mistake]:
    amber, red = (effective(name, **levels) for name in (AMBER, RED))
    if amber.value >= red.value:
        yield Mistake(NEVER.format(who=who, red=red, amber=amber), HINT, about(row) if row.pk else None)
