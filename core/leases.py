"""Presence: opening, renewing and asking for leases. Times are given; a holder is present while any lease lives."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Concat, Greatest, Least

from .expressions import hexed
from .models import Lease, Process

TERM = timedelta(seconds=30)
LINGER = timedelta(seconds=3)
POLLER = "poll"
KEPT = timedelta(days=1)


def open(holder: str, process: str, tab: str, now: datetime) -> int:
    """A lease for one socket, which lives as long as its process says so. Returns its id, for `close` and `lost`."""
    return Lease.objects.create(holder=holder, process=process, tab=tab, expires_at=now + TERM).pk


def close(id: int, now: datetime, linger: timedelta = LINGER) -> None:
    """The socket is gone. The lease lingers, so that reloading a page is no absence."""
    Lease.objects.filter(pk=id).update(process="", expires_at=Least(Lease.end(), now + linger))


def lost(id: int, now: datetime) -> None:
    """The socket broke without a word: from now on it is silent, and may be back before the lease has run out."""
    Lease.objects.filter(pk=id).update(process="", expires_at=now + TERM)


def renew(process: str, now: datetime) -> bool:
    """Thirty seconds more for every open socket of a process: one row, however many they are.

    False when the process was not known, being new or given up: some of its leases may be gone, see `settle`.
    """
    known = Process.objects.filter(pk=process).update(expires_at=now + TERM)
    if not known:
        Process.objects.create(name=process, expires_at=now + TERM)
    return bool(known)


def settle(process: str, ids: Iterable[int], now: datetime) -> set[int]:
    """What a process has, and what it has sockets for, are to be the same. Returns which of these leases are gone.

    Of a lease without a socket, which could not be ended when that went, the half minute of a broken one begins now:
    it would else live as long as the process. The socket of one that is younger may be about to be greeted. After the
    clock was set back none is to outlive its process until the old time comes again.
    """
    mine = Lease.objects.filter(process=process)
    mine.filter(expires_at__gt=now + TERM).update(expires_at=now + TERM)
    ids, own = set(ids), dict(mine.values_list("pk", "expires_at"))
    left = [id for id, until in own.items() if id not in ids and until <= now]
    mine.filter(pk__in=left).update(process="", expires_at=now + TERM)
    return ids - own.keys()


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
    rows = Lease.objects.live(now).filter(holder__in=list(holders)).exclude(tab=POLLER)
    return set(rows.values_list("holder", "tab"))


def lives(prefix: str, field: str, now: datetime) -> Exists:
    """For queries: is the holder who has this id connected?"""
    holder = Concat(Value(f"{prefix}."), hexed(OuterRef(field)))
    return Exists(Lease.objects.live(now).filter(holder=holder).order_by())


def last_seen(holders: Iterable[str]) -> dict[str, datetime]:
    """When the newest lease of each holder runs out or ran out; who never had one, or a day ago, is left out."""
    rows = Lease.objects.filter(holder__in=list(holders)).order_by().values("holder")
    return dict(rows.annotate(until=Max(Lease.end())).values_list("holder", "until"))


def purge(now: datetime) -> int:
    """Remove what is over, save each holder's newest, which stays a day. Returns how many went."""
    _give_up(now)
    over = Lease.objects.exclude(process__in=Process.objects.values("pk"))
    newer = Lease.objects.filter(holder=OuterRef("holder"), expires_at__gt=OuterRef("expires_at"))
    outdone = over.filter(Exists(newer), expires_at__lte=now - TERM).delete()[0]
    return outdone + over.filter(expires_at__lte=now - KEPT).delete()[0]


def _give_up(now: datetime) -> None:
    """Of processes that are dead only the leases stay, with the moment when they ran out."""
    for process in Process.objects.filter(expires_at__lte=now - TERM):
        with transaction.atomic():
            if Process.objects.filter(pk=process.pk, expires_at=process.expires_at).delete()[0]:
                left = Lease.objects.filter(process=process.pk)
                left.update(process="", expires_at=Greatest("expires_at", Value(process.expires_at)))
