"""Administration of people and of the site's options, one module per page or two."""

from . import administrator, agent, group, menu, reason, role, site, skill  # noqa: F401
