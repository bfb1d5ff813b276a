"""What system lines say to the chat's agents. What the contact reads is the site's own wording: `routing.wording`."""

from .states import Cause, Kind

REQUESTS = {Kind.CONFERENCE: "conference invitation", Kind.CONSULT: "consultation request", Kind.TRANSFER: "transfer"}
INTERNAL = {
    "rejected": "{who} rejected the {what}",
    "expired": "{who} did not answer the {what}",
    "nobody": "Nobody of {who} took the {what}",
    "cancelled": "{by} cancelled the {what} to {who}",
    "logged_off": "{who} logged off, the {what} is withdrawn",
    "absent": "{who} lost the connection, the {what} is withdrawn",
    "not_allowed": "{by} may no longer ask {who}, the {what} is withdrawn",
    "removed": "{by} removed {who} from the conference",
    "was_consulting": "{who} was consulting {whom}",
    "took_over": "{who} took the chat that {by} passed on",
    "passed_note": "{by} passed the chat on: {note}",
}
CONSULTATION = {
    "begun": "{requester} consults {consultant}",
    "begun_with_note": "{requester} consults {consultant}: {note}",
    Cause.END: "{who} ended the consultation",
    Cause.CONFERENCE: "The consultation has ended: {consultant} joined the chat",
    Cause.TRANSFER: "The consultation has ended: {consultant} took the chat",
    Cause.LEFT: "The consultation has ended: {requester} left the chat",
    Cause.OVER: "The consultation has ended with the chat",
    Cause.LOST: "The consultation has ended: {consultant} lost the connection",
}


def internal(key: str, **names) -> str:
    return INTERNAL[key].format(**names)


def consultation(key: str, *, note: str = "", **names) -> str:
    """A line of a consultation's own lane. `key`: "begun", or why it ended."""
    return CONSULTATION["begun_with_note" if note else key].format(note=note, **names)
