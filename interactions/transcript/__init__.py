"""The message path: lines get their number in their lane, are stored once, and reach all who read the lane."""

from .author import Author
from .judging import Written, lane_key
from .reading import PAGE, PAGE_LIMIT, Page, page, since
from .text import clean
from .typing import tell_typing, typing
from .writing import append, append_now, contact_line, drain, system_line

__all__ = [
    "PAGE",
    "PAGE_LIMIT",
    "Author",
    "Page",
    "Written",
    "append",
    "append_now",
    "clean",
    "contact_line",
    "drain",
    "lane_key",
    "page",
    "since",
    "system_line",
    "tell_typing",
    "typing",
]
