"""Settings that cannot work are found before the server starts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register

ENGINES = ("inside", "off")


@register
def engine(**kwargs) -> list:
    if settings.ENGINE in ENGINES:
        return []
    return [Error(f"PARLEY_ENGINE is {settings.ENGINE!r}; it can be {' or '.join(ENGINES)}.", id="parley.E001")]


@register
def origins(**kwargs) -> list:
    """Sockets and forms compare whole origins, so each must be written as browsers send it."""
    return [
        Error(f"PARLEY_ORIGINS: {given!r} is no origin.", hint="Example: https://chat.example.com", id="parley.E002")
        for given in settings.ORIGINS
        if not _is_origin(given)
    ]


def _is_origin(given: str) -> bool:
    try:
        parts = urlsplit(given)
        named = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        return False
    return named and parts.scheme in ("http", "https") and given == f"{parts.scheme}://{parts.netloc}"


@register
def encryption(**kwargs) -> list:
    if settings.HTTPS or not any(given.startswith("https://") for given in settings.ORIGINS):
        return []
    return [Warning("People come over HTTPS, but PARLEY_HTTPS is off: cookies are not kept to it.", id="parley.W001")]
