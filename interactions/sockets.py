"""Addresses of the sockets."""

from .consumers import AgentConsumer, ContactConsumer

addresses = {"ws/agent/": AgentConsumer, "ws/contact/": ContactConsumer}
