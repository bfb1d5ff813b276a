"""App configuration."""

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = "Interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks, postman, runner  # noqa: F401 -- checks registers them

        runner.beside(postman.deliver)
