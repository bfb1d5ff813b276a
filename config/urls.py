"""All addresses."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from interactions import asyncapi
from interactions.api import docs

from . import health

handler400 = "core.answers.wrong"
handler403 = "core.answers.refused"
handler404 = "core.answers.not_found"
handler500 = "core.answers.failed"

urlpatterns = [
    path("", include("interactions.urls")),
    path("", include("reporting.urls")),
    path("api/v1/", include("interactions.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs/", docs.page, name="api-docs"),
    path("api/asyncapi.json", asyncapi.view, name="asyncapi"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
