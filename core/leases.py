"""Presence: opening, renewing and asking for leases. Times are given; a holder is present while any lease lives."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Concat

from .expressions import hexed
from .models import Lease

TERM = timedelta(seconds=30)
LINGER = timedelta(seconds=3)
POLLER = "poll"
KEPT = timedelta(days=1)
AT_ONCE = 10_000


def open(holder: str, process: str, tab: str, now: datetime) -> int:
    """A lease for one socket. Returns its id, for `renew_all` and `close`."""
    return Lease.objects.create(holder=holder, process=process, tab=tab, expires_at=now + TERM).pk


def close(id: int, now: datetime, linger: timedelta = LINGER) -> None:
    """The socket is gone. The lease lingers, so that reloading a page is no absence."""
    Lease.objects.filter(pk=id, expires_at__gt=now + linger).update(expires_at=now + linger)


def lost(id: int, now: datetime) -> None:
    """The socket broke without a word: from now on it is silent, and may be back before the lease has run out."""
    Lease.objects.filter(pk=id).update(expires_at=now + TERM)


def renew_all(process: str, ids: Collection[int], now: datetime) -> set[int]:
    """Thirty seconds more for every open socket of a process: one statement. Returns the ids whose rows are gone."""
    ids, renewed = list(ids), 0
    for start in range(0, len(ids), AT_ONCE):
        renewed += Lease.objects.filter(pk__in=ids[start : start + AT_ONCE]).update(expires_at=now + TERM)
    return set() if renewed == len(ids) else set(ids) - _existing(process)


def _existing(process: str) -> set[int]:
    return set(Lease.objects.filter(process=process).values_list("pk", flat=True))


def touch(holder: str, now: datetime) -> None:
    """Presence of somebody who polls instead of holding a socket."""
    poller = Lease.objects.filter(holder=holder, process="", tab=POLLER)
    if not poller.update(expires_at=now + TERM):
        Lease.objects.create(holder=holder, tab=POLLER, expires_at=now + TERM)


def live(holders: Iterable[str], now: datetime) -> set[str]:
    """Those of the holders who are connected."""
    return set(Lease.objects.live(now).filter(holder__in=list(holders)).values_list("holder", flat=True))


def tabs(holders: Iterable[str], now: datetime) -> set[tuple[str, str]]:
    """(holder, tab) of each open workspace of these holders."""
    rows = Lease.objects.live(now).filter(holder__in=list(holders)).exclude(process="")
    return set(rows.values_list("holder", "tab"))


def lives(prefix: str, field: str, now: datetime) -> Exists:
    """For queries: is the holder who has this id connected?"""
    holder = Concat(Value(f"{prefix}."), hexed(OuterRef(field)))
    return Exists(Lease.objects.live(now).filter(holder=holder).order_by())


def last_seen(holders: Iterable[str]) -> dict[str, datetime]:
    """When the newest lease of each holder runs out or ran out; who never had one, or a day ago, is left out."""
    rows = Lease.objects.filter(holder__in=list(holders)).order_by().values("holder")
    return dict(rows.annotate(until=Max("expires_at")).values_list("holder", "until"))


def purge(now: datetime) -> int:
    """Remove what is over, save each holder's newest, which stays a day. Returns how many went."""
    newer = Lease.objects.filter(holder=OuterRef("holder"), expires_at__gt=OuterRef("expires_at"))
    over = Lease.objects.filter(expires_at__lte=now - TERM)
    outdone = over.filter(Exists(newer)).delete()[0]
    return outdone + Lease.objects.filter(expires_at__lte=now - KEPT).delete()[0]
