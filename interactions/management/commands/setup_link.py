"""`manage.py setup_link`: how the first administrator comes in."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from core.clock import now
from interactions import setup


class Command(BaseCommand):
    help = "Print a link that makes the first administrator: it works once, within 24 hours."

    def handle(self, **options):
        if not setup.needed():
            self.stdout.write("There is an administrator already: nothing to set up.")
            return
        path = reverse("setup", args=[setup.token(now=now())])
        self.stdout.write("Make the first administrator here (works once, within 24 hours):")
        self.stdout.write(f"  {settings.ORIGINS[0]}{path}")
