"""Addresses of the sockets."""

from django.urls import path

from .consumers import BoardConsumer

urlpatterns = [path("ws/board/", BoardConsumer.as_asgi())]
