"""App configuration."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = "Routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks, configuration, mistakes  # noqa: F401 -- checks and mistakes register themselves

        configuration.describe()
