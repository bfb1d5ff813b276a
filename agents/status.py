"""Channel statuses, pure."""

from enum import StrEnum


class Status(StrEnum):
    LOGGED_OFF = "logged_off"
    NOT_READY = "not_ready"
    READY = "ready"
    AFTER_CALL_WORK = "after_call_work"
    DO_NOT_DISTURB = "do_not_disturb"


LABELS = {
    Status.LOGGED_OFF: "Logged Off",
    Status.NOT_READY: "Not Ready",
    Status.READY: "Ready",
    Status.AFTER_CALL_WORK: "After Call Work",
    Status.DO_NOT_DISTURB: "Do Not Disturb",
}

# What an agent may choose, in the order of the menu, and what the menu calls it.
CHOOSABLE = {
    Status.READY: "Ready",
    Status.NOT_READY: "Not Ready",
    Status.AFTER_CALL_WORK: "After Call Work",
    Status.DO_NOT_DISTURB: "Do Not Disturb",
    Status.LOGGED_OFF: "Log Off",
}


def words(status: str, reason: str | None = None) -> str:
    """Status as people read it, e.g. "Not Ready: Lunch"."""
    label = LABELS[Status(status)]
    return f"{label}: {reason}" if reason else label
