"""What system lines say to the chat's agents. What the contact reads is the site's own wording: `routing.wording`."""

INTERNAL = {
    "rejected": "{who} rejected the conference invitation",
    "expired": "{who} did not answer the conference invitation",
    "nobody": "Nobody of {who} took the conference invitation",
    "cancelled": "{by} cancelled the conference invitation to {who}",
    "logged_off": "{who} logged off, the conference invitation is withdrawn",
    "absent": "{who} lost the connection, the conference invitation is withdrawn",
    "not_allowed": "{by} may no longer invite {who}, the conference invitation is withdrawn",
    "removed": "{by} removed {who} from the conference",
}


def internal(key: str, **names) -> str:
    return INTERNAL[key].format(**names)
