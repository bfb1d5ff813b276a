"""The events that there are, by kind: what a webhook can want, and which of them a wrong name may have meant."""

import difflib

KINDS = {
    "administrator": "made",
    "agent": (
        "answered_late enrolled leaving let_in locked privileges_changed responded revised settings_changed "
        "shut_out status_changed unlocked"
    ),
    "call": "accepted connected ended placed",
    "case": "set",
    "configuration": "applied",
    "consultation": "ended",
    "contact": "gone left warned",
    "conversation": "started",
    "demo": "loaded",
    "disposition": "set",
    "history": "read",
    "interaction": "ended erased idle started transferred",
    "invitation": "accepted cancelled changed expired rejected ringing waiting withdrawn",
    "mail": "delayed failed queued retried sent",
    "message": "left offered",
    "note": "set",
    "party": "away back left lost removed returned",
    "response": "unattended",
    "rules": "changed",
    "segment": "closed done tail_over tail_set unclosed",
    "survey": "answered",
    "token": "issued revoked",
    "transcript": "asked",
    "webhook": "added changed disabled replayed rotated",
}
NAMES = [f"{kind}.{own}" for kind, all_own in KINDS.items() for own in all_own.split()]
ALL = "*"
CHOICES = [ALL, *(f"{kind}.*" for kind in KINDS), *NAMES]


def mistake(given: str) -> str | None:
    """What is wrong with what a webhook wants, in words; None: there is such an event or kind."""
    if given in CHOICES:
        return None
    near = difflib.get_close_matches(given, CHOICES, n=1, cutoff=0.75)
    kind = given.partition(".")[0]
    if near:
        return f"There is no event {given}. Did you mean {near[0]}?"
    if kind in KINDS:
        return f"There is no event {given}. Of this kind there are: {', '.join(KINDS[kind].split())}."
    return f"There is no event {given}. Kinds are: {', '.join(KINDS)}."
