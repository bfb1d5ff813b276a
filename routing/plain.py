"""Texts as rules compare them: capitals, how a letter is composed and how a browser writes an address do not matter.

Pure.
"""

import re
from unicodedata import normalize
from urllib.parse import unquote

ENCODED = re.compile(r"\bxn--([a-z0-9-]+)", re.ASCII | re.IGNORECASE)


def plain(text: str) -> str:
    return normalize("NFC", text.strip().casefold())


def readable(address: str) -> str:
    """As people write it: browsers send other letters as %C3%BC in a path, and as xn-- in the name of a host."""
    return plain(ENCODED.sub(_label, unquote(address)))


def _label(found: re.Match[str]) -> str:
    try:
        return found[1].encode("ascii").decode("punycode")
    except UnicodeError:
        return found[0]
