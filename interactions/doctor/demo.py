"""The demo's people: can anybody still sign in with its password?"""

import os

from django.conf import settings
from django.contrib.auth import get_user_model

from core.doctor import Asked, bad, doubtful, examine, good
from core.doctor.safety import at_home
from interactions import demo

REMEDY = (
    "Give them passwords of their own, or unset “May sign in”; for a site of your own start anew with PARLEY_DEMO=0."
)


@examine("Demo")
def passwords(asked: Asked):
    return [of_sign_ins(_open(_known()), at_home())]


def of_sign_ins(names: list[str], home: bool) -> tuple:
    if not names:
        return good("Nobody has the demo's password.")
    words = f"The demo's password still signs in {', '.join(names)}."
    return doubtful(words, REMEDY) if home else bad(words, REMEDY)


def _known() -> list[str]:
    """The password that was kept, and the one that was given."""
    kept = settings.DATA_DIR / "demo-password"
    given = os.environ.get("PARLEY_DEMO_PASSWORD", "")
    return [word for word in (kept.read_text().strip() if kept.exists() else "", given) if word]


def _open(known: list[str]) -> list[str]:
    found = get_user_model().objects.filter(username__in=demo.SIGN_INS, is_active=True).order_by("username")
    return [user.username for user in found if any(user.check_password(word) for word in known)]
