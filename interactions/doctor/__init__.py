"""What the doctor looks at here: mail, the demo's people; and the load test."""

from . import demo, mail  # noqa: F401 -- register themselves
