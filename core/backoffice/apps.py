"""The administration as an app."""

from django.contrib.admin.apps import AdminConfig


class BackOffice(AdminConfig):
    default_site = "core.backoffice.site.BackOfficeSite"
