"""Settings that would let in whom they should not, or keep out whom they should."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from .findings import Asked, bad, doubtful, examine, good

SHORT = 32


def at_home() -> bool:
    """Is the site for this machine only? Then some things may be as they are."""
    return all(_local(urlsplit(origin).hostname or "") for origin in settings.ORIGINS)


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@examine("Settings")
def settings_of_the_site(asked: Asked):
    yield of_debug(settings.DEBUG, at_home())
    yield of_key(settings.SECRET_KEY)
    yield of_hosts(settings.ALLOWED_HOSTS)
    yield of_https(settings.ORIGINS, settings.HTTPS, at_home())


def of_debug(debug: bool, home: bool) -> tuple:
    if debug:
        words = "PARLEY_DEBUG is on: errors show code and settings to whoever causes them."
        return doubtful(words, "Unset it.") if home else bad(words, "Unset it.")
    return good("Errors show nothing of the inside.")


def of_key(key: str) -> tuple:
    if len(key) < SHORT or len(set(key)) < 8:
        return bad(
            "The secret key can be guessed, and with it any session be made.",
            "Unset PARLEY_SECRET_KEY to let one be made, or set 50 random characters.",
        )
    return good("The secret key is long enough.")


def of_hosts(hosts: list[str]) -> tuple:
    if "*" in hosts:
        return bad(
            "Any host name is answered (PARLEY_HOSTS=*).", "Unset PARLEY_HOSTS: the hosts of PARLEY_ORIGINS are right."
        )
    return good(f"Answers to {', '.join(dict.fromkeys(hosts))}.")


def of_https(origins: list[str], https: bool, home: bool) -> tuple:
    plain = [
        origin for origin in origins if not origin.startswith("https://") and not _local(urlsplit(origin).hostname)
    ]
    if plain:
        return bad(
            f"People come over {plain[0]}, where everything can be read on the way.",
            "Put a proxy with HTTPS in front, and https:// into PARLEY_ORIGINS.",
        )
    if not home and not https:
        return bad("PARLEY_HTTPS is off: cookies may go over http.", "Set PARLEY_HTTPS=1 behind the proxy.")
    return good("For this machine only." if home else "HTTPS everywhere.")
