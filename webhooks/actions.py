"""Webhooks: what is read for them from the feed, what became of it, and what administrators do with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from core import feed
from core.errors import Conflict, Invalid, NotFound
from core.models import Event, FeedHead
from core.outbox import pause

from .models import Delivery, Sending, Webhook
from .signing import fresh_secret

BATCH, MOST_WAITING = 200, 1_000
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(hours=1)
GIVE_UP, DISABLE = timedelta(days=3), timedelta(days=1)
IN_FRONT = 5  # attempts in which a message that brings no answer keeps its place before the others
KEPT, OVERLAP = timedelta(days=30), timedelta(days=1)
FRESH = {"paused_until": None, "failing_since": None, "disabled_at": None, "notice_at": None, "problem": ""}


# --- what goes out -------------------------------------------------------------------------------


def read_on(webhook: Webhook, *, now: datetime) -> bool:
    """Queue what the feed has next for it, at most a batch and never more than it can wait for. Was there anything?"""
    room = min(BATCH, MOST_WAITING - webhook.deliveries.filter(state=Sending.QUEUED).count())
    found = feed.after(webhook.position, room) if room > 0 else []
    if found:
        _queue(webhook, found, now)
    return bool(found)


@transaction.atomic
def _queue(webhook: Webhook, found: list[Event], now: datetime) -> None:
    """Of several engines one moves the position. What was sent before, and is read again, is sent again."""
    here = Webhook.objects.filter(pk=webhook.pk, position=webhook.position, active=True)
    if not here.update(position=found[-1].position):
        return
    wanted = [event for event in found if webhook.wants(event.name)]
    at = {"created_at": now, "queued_at": now, "next_at": now}
    again = webhook.deliveries.filter(event__in=wanted)
    again.exclude(state=Sending.QUEUED).update(**_anew(now))
    Delivery.objects.bulk_create(
        [Delivery(webhook=webhook, event=each, **at) for each in wanted], ignore_conflicts=True
    )
    Delivery.objects.filter(created_at__lt=now - KEPT).exclude(state=Sending.QUEUED).delete()


@transaction.atomic
def sent(delivery: Delivery, *, now: datetime) -> None:
    """The other side has it: the address is well."""
    _mine(delivery).update(state=Sending.SENT, sent_at=now, next_at=None, claimed_until=None, problem="")
    unwell = Webhook.objects.filter(pk=delivery.webhook_id).exclude(failing_since=None)
    unwell.update(failing_since=None, paused_until=None, problem="")


@transaction.atomic
def not_sent(delivery: Delivery, words: str, *, everywhere: bool, gone: bool, now: datetime) -> None:
    """This attempt failed: later again, after three days never. `everywhere`: the address rests too.

    Emits webhook.disabled when nothing arrived for a day, or when the address wants no more (`gone`). Of a webhook that
    was deleted meanwhile nothing is left to say.
    """
    webhook = Webhook.lock(delivery.webhook_id)
    if webhook is None:
        return
    webhook.failing_since, webhook.problem = webhook.failing_since or now, words[:300]
    tried_for = now - webhook.failing_since
    rests = now + pause(tried_for, SHORTEST, LONGEST) if everywhere else None
    webhook.paused_until = rests or webhook.paused_until
    webhook.save(update_fields=["failing_since", "problem", "paused_until"])
    over = now - delivery.queued_at >= GIVE_UP
    next_at, state = (None, Sending.FAILED) if over else (_next(delivery, rests, now), Sending.QUEUED)
    _mine(delivery).update(state=state, next_at=next_at, claimed_until=None, problem=words[:300])
    if gone or tried_for >= DISABLE:
        _disable(webhook, now)


def _next(delivery: Delivery, rests: datetime | None, now: datetime) -> datetime:
    """When it is tried again: by itself, or first of all when the address has rested, so that the order is kept.

    After some attempts others are tried before it: it may be this message that the other side cannot take.
    """
    own = now + pause(now - delivery.queued_at, SHORTEST, LONGEST)
    if rests is None:
        return own
    return rests if delivery.attempts < IN_FRONT else max(own, rests + SHORTEST)


@transaction.atomic
def disable(id, words: str, *, now: datetime) -> None:
    """Nothing goes there any more, until an administrator says so. Again changes nothing. Emits webhook.disabled."""
    webhook = Webhook.lock(id)
    if webhook is None:
        return
    webhook.problem = words[:300]
    webhook.save(update_fields=["problem"])
    _disable(webhook, now)


def _disable(webhook: Webhook, now: datetime) -> None:
    if not webhook.active:
        return
    webhook.active, webhook.disabled_at, webhook.notice_at = False, now, now
    webhook.save(update_fields=["active", "disabled_at", "notice_at"])
    _record(webhook, "webhook.disabled", "system", now, problem=webhook.problem)


def let_go(deliveries: Iterable[Delivery]) -> None:
    """Claimed, and not tried after all, or nobody knows what became of it: they are due as before."""
    for delivery in deliveries:
        _mine(delivery).update(claimed_until=None, attempts=F("attempts") - 1)


def _mine(delivery: Delivery):
    """The row, if nobody else took it since."""
    return Delivery.objects.filter(pk=delivery.pk, state=Sending.QUEUED, attempts=delivery.attempts)


def _anew(now: datetime) -> dict:
    return {"state": Sending.QUEUED, "queued_at": now, "next_at": now, "claimed_until": None, "problem": ""}


# --- what administrators do ----------------------------------------------------------------------


@transaction.atomic
def subscribe(webhook: Webhook, *, now: datetime) -> None:
    """A new one, from the events on that happen from now. Emits webhook.added."""
    feed.settle()
    webhook.position, webhook.created_at = FeedHead.lock().last, now
    webhook.save(force_insert=True)
    _record(webhook, "webhook.added", "admin", now)


@transaction.atomic
def revise(webhook: Webhook, *, fields: Iterable[str], now: datetime) -> None:
    """Store these fields. Set active, a disabled one starts anew, with what waits. Emits webhook.changed."""
    locked = Webhook.lock(webhook.pk)
    fresh = FRESH if webhook.active and not locked.active else {}
    for name, value in fresh.items():
        setattr(webhook, name, value)
    if not webhook.active:  # paused by hand: there is nothing to tell
        fresh = {"disabled_at": None, "notice_at": None} if locked.active else {}
    webhook.version = locked.version
    webhook.save(update_fields=[*fields, *fresh])
    if fresh:
        webhook.deliveries.filter(state=Sending.QUEUED).update(next_at=now, queued_at=now)
    _record(webhook, "webhook.changed", "admin", now)


@transaction.atomic
def rotate(id, *, now: datetime) -> Webhook:
    """A new secret; the present one signs beside it for a day. Emits webhook.rotated."""
    webhook = _found(id)
    webhook.previous_secret, webhook.previous_until = webhook.secret, now + OVERLAP
    webhook.secret = fresh_secret()
    webhook.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record(webhook, "webhook.rotated", "admin", now)
    return webhook


@transaction.atomic
def replay(id, since: datetime, *, now: datetime) -> int:
    """Everything from this time on goes out again, with the same ids. How many events are read again.

    Raises Invalid where nothing happened since. Emits webhook.replayed.
    """
    webhook = _found(id)
    placed = Event.objects.filter(at__gte=since, position__lte=webhook.position)
    first = placed.order_by("position").values_list("position", flat=True).first()
    if first is None:
        raise Invalid(message="Nothing that was sent has happened since then. Choose an earlier time.")
    count, webhook.position = placed.count(), first - 1
    webhook.save(update_fields=["position"])
    _record(webhook, "webhook.replayed", "admin", now, since=since.isoformat())
    return count


@transaction.atomic
def send_again(id, *, now: datetime) -> None:
    """This delivery once more, now. Raises NotFound, Conflict `queued`."""
    delivery = Delivery.objects.filter(pk=id).first()
    if delivery is None:
        raise NotFound(message="There is no such delivery.")
    if not Delivery.objects.filter(pk=id).exclude(state=Sending.QUEUED, problem="").update(**_anew(now)):
        raise Conflict("queued", "This delivery is about to be sent.")
    Webhook.objects.filter(pk=delivery.webhook_id).update(paused_until=None)


def _found(id) -> Webhook:
    webhook = Webhook.lock(id)
    if webhook is None:
        raise NotFound(message="There is no such webhook.")
    return webhook


def _record(webhook: Webhook, name: str, by: str, now: datetime, **more) -> None:
    about = {"webhook": webhook.name, "address": webhook.url, **more}
    Event.objects.create(subject=webhook.id, version=webhook.version, name=name, actor=by, at=now, data=about)
