"""Addresses of the pages."""

from django.urls import path

from . import pages

urlpatterns = [
    path("reports/", pages.first, name="reports"),
    path("reports/timeline/<uuid:subject>/", pages.timeline, name="timeline"),
    path("reports/<str:key>/", pages.report, name="report"),
    path("reports/<str:key>/details/", pages.details_of, name="report-details"),
    path("wallboard/", pages.wallboard, name="wallboard"),
]
