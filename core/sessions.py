"""Who a session cookie belongs to, for sockets: read once at connect, then looked at again while the socket lives."""

from collections.abc import Iterable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare


class Ticket(NamedTuple):
    """A session as it was when the socket opened."""

    session: str
    user: int
    password: str


def _store():
    return import_module(settings.SESSION_ENGINE).SessionStore


def session_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session cookie of a handshake, or ""."""
    for name, value in headers:
        if name == b"cookie":
            try:
                morsel = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
            except CookieError:
                continue
            if morsel:
                return morsel.value
    return ""


def ticket(key: str) -> Ticket | None:
    """The session's active user, as Django would find them; None for nobody."""
    session = _store()(key).load() if key else {}
    users = get_user_model()._default_manager.filter(pk=session.get(SESSION_KEY), is_active=True)
    user = users.first() if SESSION_KEY in session else None
    if user is None or not _is_of(user, session.get(HASH_SESSION_KEY, "")):
        return None
    return Ticket(key, user.pk, user.password)


def _is_of(user, given: str) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, good) for good in hashes)


def still_good(tickets: Iterable[Ticket], now: datetime) -> set[Ticket]:
    """Those whose session is still there, whose user is active and has the same password. Two queries."""
    tickets = set(tickets)
    live = _store().get_model_class().objects.filter(expire_date__gt=now)
    keys = set(live.filter(pk__in={each.session for each in tickets}).values_list("pk", flat=True))
    users = get_user_model()._default_manager.filter(pk__in={each.user for each in tickets}, is_active=True)
    passwords = dict(users.values_list("pk", "password"))
    return {each for each in tickets if each.session in keys and passwords.get(each.user) == each.password}
