"""Addresses of the pages."""

from django.urls import path

from . import pages, setup

urlpatterns = [
    path("", pages.desk, name="desk"),
    path("login/", pages.Login.as_view(), name="login"),
    path("logout/", pages.log_out, name="logout"),
    path("chat/<slug:slug>/", pages.contact, name="contact"),
    path("demo/", pages.demo, name="demo"),
    path("setup/<str:token>/", setup.page, name="setup"),
]
