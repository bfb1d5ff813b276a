"""App configuration."""

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = "Interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import beside, checks, configuration, postman, scopes  # noqa: F401 -- some register themselves

        configuration.describe()
        beside.add("mail", postman.deliver, postman.due)
