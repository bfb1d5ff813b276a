"""The app."""

from django.apps import AppConfig


class Reporting(AppConfig):
    name = "reporting"

    def ready(self):
        """The engine's process keeps the figures up to date."""
        from interactions import beside

        from . import counting, scopes  # noqa: F401 -- declares them

        beside.add("counting", counting.catch_up, counting.due)
