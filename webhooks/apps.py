"""App configuration."""

from django.apps import AppConfig


class Webhooks(AppConfig):
    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Each engine sends, beside its sweep."""
        from interactions import runner

        from . import courier

        runner.beside(courier.deliver)
