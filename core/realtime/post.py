"""What is published."""

from msgspec import Struct


class Post(Struct, frozen=True, array_like=True):
    """One frame for all sockets of some groups.

    `frame`: finished JSON, encoded once. `lane`: key and number of a line, so that each socket gets the lines of a
    lane in the order of their numbers. `control` acts on the sockets instead of being sent: "close:<code>",
    "recheck" (the session, now), "replace:<opened>:<tab>" (close the tab's older sockets), "wake:<name>".
    `tab`: only to sockets of this tab.
    """

    groups: tuple[str, ...] = ()
    frame: bytes = b""
    lane: tuple[str, int] | None = None
    control: str | None = None
    tab: str = ""
