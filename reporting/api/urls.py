"""Addresses of the HTTP surface."""

from django.urls import path

from . import views

urlpatterns = [
    path("reports", views.Reports.as_view()),
    path("reports/<str:report>", views.OneReport.as_view()),
    path("reports/<str:report>/details", views.ReportDetails.as_view()),
    path("events", views.Events.as_view()),
    path("wallboard", views.Wallboard.as_view()),
]
