"""App configuration."""

from django.apps import AppConfig


class Webhooks(AppConfig):
    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Each engine sends, beside its sweep."""
        from interactions import beside

        from . import courier

        beside.add("webhooks", courier.deliver, courier.due)
