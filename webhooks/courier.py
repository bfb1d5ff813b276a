"""The courier: each engine carries what is due to the addresses that want it, beside its sweep.

The feed is the outbox: for each webhook it is read on from its position, so nothing is missed and no action waits. The
webhook and what is to go out are claimed first, so of several engines one sends, and in the order of the feed; sent
outside of any transaction, all addresses at once; then marked. An engine that dies in between leaves the claims to run
out: the messages go out again, with the same ids.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, Subquery

from agents.models import Agent
from core import feed
from core.models import FeedHead
from core.outbox import CLAIM, pause
from reporting.permissions import sees_everything

from . import actions, outbound, signing
from .models import Delivery, Webhook

log = logging.getLogger("parley.webhooks")

AT_ONCE, PER_ROUND, ROUND_SECONDS = 8, 50, 2.0
NO_LONGER = "Its owner may no longer see events. Give it another owner."


class Tried(NamedTuple):
    """`problem` None: it arrived."""

    delivery: Delivery
    problem: outbound.Problem | None


class Parcel(NamedTuple):
    """What one address gets in this round, as it was read: nothing of it asks the database. `deliveries`: in hand."""

    webhook: Webhook
    keys: list[str]
    deliveries: list[Delivery]
    at: datetime


def due(now: datetime) -> list:
    """Rows of which any makes a round worthwhile."""
    free, head = Webhook.objects.free(now), Subquery(FeedHead.objects.values("last")[:1])
    supervisors = Agent.objects.filter(user=OuterRef("owner"), supervisor=True)
    no_longer = Q(owner__is_active=False) | Q(owner__is_staff=False) & ~Exists(supervisors)
    return [
        free.filter(Exists(feed.without_place())),
        free.filter(position__lt=head),
        free.filter(Exists(Delivery.objects.due(now).order_by().filter(webhook=OuterRef("pk")))),
        free.filter(no_longer),
        Webhook.objects.filter(notice_at__lte=now),
    ]


def deliver(now: datetime) -> bool:
    """One round. True: look again, there may be more."""
    hooks = [hook for hook in Webhook.objects.free(now).select_related("owner") if _still_owned(hook, now)]
    more = [actions.read_on(hook, now=now) for hook in hooks]
    with ExitStack() as over:  # each of these, whatever becomes of the others
        parcels = [parcel for hook in hooks if (parcel := _packed(hook, over, now))]
        for parcel, tried in zip(parcels, _carry_all(parcels), strict=True):
            over.callback(_mark_all, parcel, tried, now)
    _tell_owners(now)
    return any(more) or bool(parcels)


def _still_owned(hook: Webhook, now: datetime) -> bool:
    if sees_everything(hook.owner):
        return True
    actions.disable(hook.pk, NO_LONGER, now=now)
    return False


def _packed(hook: Webhook, over: ExitStack, now: datetime) -> Parcel | None:
    """What is due first in the feed; None where nothing is, or another engine sends there.

    What is claimed is given back when the round is `over`, also by an error.
    """
    due = Delivery.objects.due(now).filter(webhook=hook).select_related("event").order_by("event__position")
    if not due.exists() or not hook.claim(now):
        return None
    parcel = Parcel(hook, [], [], now)
    over.callback(_give_back, parcel)
    parcel.keys.extend(hook.secrets(now))
    for each in due[:PER_ROUND]:
        if each.claim(now):
            parcel.deliveries.append(each)
    return parcel


def _give_back(parcel: Parcel) -> None:
    try:
        actions.let_go(parcel.deliveries)
    finally:
        parcel.webhook.release()


def _carry_all(parcels: list[Parcel]) -> list[list[Tried]]:
    if not parcels:
        return []
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
        return list(threads.map(_carry, parcels))


def _carry(parcel: Parcel) -> list[Tried]:
    """One after the other until the address fails or the round is over."""
    tried, begun = [], time.monotonic()
    for delivery in parcel.deliveries:
        if time.monotonic() - begun > ROUND_SECONDS:
            return tried
        tried.append(Tried(delivery, _attempt(parcel, delivery)))
        if tried[-1].problem and tried[-1].problem.everywhere:
            return tried
    return tried


def _attempt(parcel: Parcel, delivery: Delivery) -> outbound.Problem | None:
    body, id = message(delivery.event), str(delivery.event.uid)
    signed = signing.headers(id, body, parcel.keys, parcel.at)
    try:
        outbound.post(parcel.webhook.url, body, {"Content-Type": "application/json", "User-Agent": "Parley", **signed})
    except outbound.Problem as problem:
        return problem
    except Exception as error:
        log.exception("a webhook could not be sent")
        return outbound.Problem(f"It could not be sent ({type(error).__name__}).")
    return None


def message(event) -> bytes:
    """What is sent, the same at each attempt. `data` is the event as the feed has it."""
    data = {
        "position": event.position,
        "id": event.uid,
        "subject": event.subject,
        "version": event.version,
        "actor": event.actor,
        "data": event.data,
    }
    return msgspec.json.encode({"type": event.name, "timestamp": event.at, "data": data})


def _mark_all(parcel: Parcel, tried: list[Tried], now: datetime) -> None:
    """What is marked is in nobody's hands any more; the rest is given back."""
    for each in tried:
        _mark(each, now)
        parcel.deliveries.remove(each.delivery)


def _mark(tried: Tried, now: datetime) -> None:
    problem = tried.problem
    if problem is None:
        actions.sent(tried.delivery, now=now)
        return
    log.warning("webhook %s was not sent: %s", tried.delivery.pk, problem.words)
    why = {"everywhere": problem.everywhere, "gone": problem.gone}
    actions.not_sent(tried.delivery, problem.words, **why, now=now)


# --- the owner hears of it -----------------------------------------------------------------------


def _tell_owners(now: datetime) -> None:
    """By mail, once; while the mail server is away again later, for a day."""
    for hook in Webhook.objects.filter(notice_at__lte=now).select_related("owner"):
        mine = Webhook.objects.filter(pk=hook.pk, notice_at=hook.notice_at)
        if mine.update(notice_at=now + CLAIM):
            Webhook.objects.filter(pk=hook.pk, notice_at=now + CLAIM).update(notice_at=_told(hook, now))


def _told(hook: Webhook, now: datetime) -> datetime | None:
    """When to try again; None: done."""
    tried_for = now - hook.disabled_at
    if not settings.MAIL_READY or not hook.owner.email or tried_for >= actions.DISABLE:
        return None
    try:
        EmailMessage(f"Webhook disabled: {hook.name}", _words(hook), to=[hook.owner.email]).send()
    except Exception as error:
        log.warning("the owner of webhook %s was not told: %r", hook.pk, error)
        return now + pause(tried_for)
    return None


def _words(hook: Webhook) -> str:
    return (
        f"Nothing is sent to {hook.url} any more.\n\nWhy: {hook.problem}\n\nWhat happens meanwhile is kept. When the "
        "other side is well again, set “Active” on the webhook's page and all of it goes out:\n"
        f"{settings.ORIGINS[0]}/admin/webhooks/webhook/{hook.pk}/change/\n"
    )
