"""App configuration."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import configuration, mistakes  # noqa: F401 -- mistakes register themselves

        configuration.describe()
