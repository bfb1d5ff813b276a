"""What the frames of all sockets have in common, as strict types."""

from msgspec import Struct

PROTOCOL = 1


class Strict(Struct, forbid_unknown_fields=True):
    """A client's frame: unknown fields are refused."""


class Frame(Struct):
    """A server's frame."""


class BeatAsk(Strict, tag="beat"):
    """Asks for a `beat` at once. The server sends one every ten seconds unasked."""


class ErrorFrame(Frame, tag="error"):
    code: str
    message: str
