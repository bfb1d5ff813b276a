"""What system lines say. Public ones are read by the contact: nicknames and departments only."""

MESSAGE_LEFT = "We have your message. Come back to this page for the answer; you can add to it here."
PUBLIC = {
    "joined": "{who} has joined",
    "left_stays": "{who} has left, {stays} stays with you",
    "lost_stays": "We lost {who}, {stays} stays with you",
    "lost": "We lost {who}, a colleague is coming",
    "back": "{who} is back",
    "warned": "{who}, are you still there? The chat closes in {seconds} seconds",
    "idle": "The chat has ended because nobody wrote",
    "closed": "{who} has ended the chat",
    "contact_left": "{who} has left the chat",
    "contact_gone": "{who} did not come back, the chat has ended",
}
INTERNAL = {
    "rejected": "{who} rejected the conference invitation",
    "expired": "{who} did not answer the conference invitation",
    "nobody": "Nobody of {who} took the conference invitation",
    "cancelled": "{by} cancelled the conference invitation to {who}",
    "logged_off": "{who} logged off, the conference invitation is withdrawn",
    "absent": "{who} lost the connection, the conference invitation is withdrawn",
    "removed": "{by} removed {who} from the conference",
}


def public(key: str, **names) -> str:
    return PUBLIC[key].format(**names)


def internal(key: str, **names) -> str:
    return INTERNAL[key].format(**names)
