"""What other shapes are made of: limits, numbers, texts, names."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

TEXT_LIMIT = 2000


SIGNAL_LIMIT = 16 * 1024


RESUME_LIMIT = 300


Can = bool | str


Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]


Text = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT)]


LaneName = Annotated[str, Meta(max_length=36, pattern="^[a-z0-9-]*$")]  # "public", "internal", a consultation's id


class Named(Struct):
    id: UUID
    name: str
