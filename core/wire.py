"""A text as it goes over a server's socket, and as it comes."""

import struct

from websockets.frames import apply_mask

WRITE = "parley.write"  # the extension of an ASGI scope that sends a text at once: True, or False where it cannot

MASKED = 0x80


def text_frame(data: bytes) -> bytes:
    """A whole text message as a server sends it: unmasked (RFC 6455, 5.2)."""
    length = len(data)
    if length < 126:
        return bytes((0x81, length)) + data
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length) + data
    return struct.pack("!BBQ", 0x81, 127, length) + data


def whole_text(data: bytes) -> str | None:
    """What a client says, if these bytes are one whole text message in one frame; not where it is very long."""
    if len(data) < 8 or data[0] != 0x81 or not MASKED <= data[1] < MASKED | 127:
        return None
    length, start = data[1] ^ MASKED, 6
    if length == 126:
        length, start = int.from_bytes(data[2:4], "big"), 8
    if len(data) != start + length:
        return None
    try:
        return apply_mask(data[start:], data[start - 4 : start]).decode()
    except UnicodeDecodeError:
        return None


def still_due(data: bytes, at: int) -> int | None:
    """How many bytes of a client's frame are to come after these, of which `at` belong to one that began before.

    None when a frame is cut before its length.
    """
    while at + 2 <= len(data):
        length = data[at + 1] & 127
        more = {126: 2, 127: 8}.get(length, 0)
        body = at + 2 + more
        if body > len(data):
            return None
        if more:
            length = int.from_bytes(data[at + 2 : body], "big")
        at = body + 4 + length
    return at - len(data) if at >= len(data) else None
