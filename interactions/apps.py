"""App configuration."""

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = "Interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks, postman, runner, scopes  # noqa: F401 -- register themselves

        runner.beside(postman.deliver)
