"""What the frames of all sockets have in common, as strict types."""

from typing import Annotated

from msgspec import Meta, Struct

PROTOCOL = 1
Tab = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[ -~]+$")]  # a name that a client gives itself


class Strict(Struct, forbid_unknown_fields=True):
    """A client's frame: unknown fields are refused."""


class Frame(Struct):
    """A server's frame."""


class BeatAsk(Strict, tag="beat"):
    """Asks for a `beat` at once. The server sends one every ten seconds unasked."""


class ErrorFrame(Frame, tag="error"):
    code: str
    message: str
