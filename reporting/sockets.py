"""Addresses of the sockets."""

from .consumers import BoardConsumer

addresses = {"ws/board/": BoardConsumer}
