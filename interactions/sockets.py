"""Addresses of the sockets."""

from django.urls import path, re_path

from .consumers import AgentConsumer, ContactConsumer


async def nowhere(scope, receive, send):
    """Any other address: the handshake is refused."""
    await receive()
    await send({"type": "websocket.close"})


urlpatterns = [
    path("ws/agent/", AgentConsumer.as_asgi()),
    path("ws/contact/", ContactConsumer.as_asgi()),
    re_path("", nowhere),
]
