"""Addresses of the sockets."""

from django.urls import path

from .consumers import AgentConsumer, ContactConsumer

urlpatterns = [
    path("ws/agent/", AgentConsumer.as_asgi()),
    path("ws/contact/", ContactConsumer.as_asgi()),
]
