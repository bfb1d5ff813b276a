"""A text as it goes over a server's socket."""

import struct

WRITE = "parley.write"  # the extension of an ASGI scope that sends a text at once: True, or False where it cannot


def text_frame(data: bytes) -> bytes:
    """A whole text message as a server sends it: unmasked (RFC 6455, 5.2)."""
    length = len(data)
    if length < 126:
        return bytes((0x81, length)) + data
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length) + data
    return struct.pack("!BBQ", 0x81, 127, length) + data
