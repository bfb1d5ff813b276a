"""A process beside a running site, for its rows: a line of JSON in is Python, the line out holds its `result`."""

import json
import os
import sys
import time
import traceback

import django
from django.db import close_old_connections

NOTICED = 60.0  # seconds, on a busy machine
LONG = 900  # seconds: what rings, rings until a test goes on


def reset() -> None:
    """As on the first morning: nobody logged in, no chat, the options as the demo has them; but nothing rings out."""
    from django.apps import apps
    from django.contrib.sessions.models import Session
    from django.db import transaction
    from django.db.models import F
    from django.utils import timezone

    from agents.models import Agent, ChannelStatus, Reason, Site, StatusPeriod
    from core.models import Event, Lease
    from interactions.models import Interaction, Invitation, Party
    from reporting import counting
    from routing.models import OpeningHours, Queue

    Invitation.objects.filter(state__in=("waiting", "ringing")).update(state="revoked")
    Interaction.objects.exclude(state="ended").update(state="ended", owner=None)
    Party.objects.here().update(left_at=timezone.now())
    time.sleep(0.2)  # an engine at work finds nothing more to do before its rows go
    with transaction.atomic():
        for model in apps.get_app_config("interactions").get_models(include_auto_created=True):
            if not model.__name__.startswith("Disposition"):
                model._base_manager.all()._raw_delete("default")
        for model in (StatusPeriod, Lease, Session):
            model.objects.all().delete()
        Event.objects.exclude(name="demo.loaded").delete()
        counting.forget()
        ChannelStatus.objects.update(status="logged_off", reason=None)
        Agent.objects.update(version=F("version") + 1, missed=0, after_last="", logged_in_at=None, idle_since=None)
        Agent.objects.update(settings={}, locked_at=None)
        Reason.objects.filter(system=True).delete()
        Queue.objects.update(opening_hours=None, **dict.fromkeys(("ring_time", "wrap_up_limit", "after_call_tail")))
        OpeningHours.objects.all().delete()
        Site.objects.all().delete()
        Site.objects.create(name="Harbour Net", ring_time=LONG)


def gone_for(seconds: float, username: str = "") -> None:
    """As if the connection of this agent, or else that of every contact, had been gone for so much longer.

    A server that has heard of it takes the lease from its process; before that nobody is gone.
    """
    from datetime import timedelta

    from django.db.models import F

    from core.models import Lease
    from interactions.models import Party

    earlier, parties = timedelta(seconds=seconds), Party.objects.here().filter(agent__user__username=username or None)
    held = Lease.objects.filter(holder__in=[party.group for party in parties.select_related("agent")])
    end = time.monotonic() + NOTICED
    while held.exclude(process="").exists():
        if time.monotonic() > end:
            raise AssertionError("no server has heard that a connection broke")
        time.sleep(0.05)
    held.update(expires_at=F("expires_at") - earlier)
    parties.exclude(away_since=None).update(away_since=F("away_since") - earlier)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        names: dict = {"result": None, "reset": reset, "gone_for": gone_for}
        error = ""
        close_old_connections()
        try:
            exec(json.loads(line), names)
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"result": names["result"], "error": error}, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
