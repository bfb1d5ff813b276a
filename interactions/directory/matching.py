"""How what people type finds names: words from their start, in any order, accents and capitals folded. Pure."""

import re
import unicodedata
from functools import lru_cache

OTHERWISE = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
SILENT = "'’`´"
PLAIN = str.maketrans(OTHERWISE | dict.fromkeys(SILENT, ""))
WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]")
SAME, BEGINS, WITHIN, BESIDE = range(4)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The words without capitals and accents, one space around each: " zoe lukasik "; "" where there are none."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    letters = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "M")
    found = WORD.findall(letters)
    return f" {' '.join(found)} " if found else ""


def words_of(text: str) -> list[str] | None:
    """What was typed, word by word: [] for nothing, None for what no name can hold."""
    found = fold(text).split()
    return found if found or not text.strip() else None


def rank(words: list[str], names: tuple[str, ...], beside: tuple[str, ...] = ()) -> int | None:
    """How well it fits, best first: the whole name, its start, words within, with the help of what stands beside.

    None when a word is the start of none. Scripts without spaces are found anywhere.
    """
    if not words:
        return SAME
    called, own, text = _folded(names, beside)
    if not all(_holds(text, word) for word in words):
        return None
    start = " " + " ".join(words)
    if any(name.startswith(start) for name in called):
        return SAME if f"{start} " in called else BEGINS
    return WITHIN if all(_holds(own, word) for word in words) else BESIDE


@lru_cache(maxsize=65_536)
def _folded(names: tuple, beside: tuple) -> tuple[list[str], str, str]:
    """Each name, all names, all there is. Every key asks for the same names again."""
    called = [fold(name) for name in names]
    own = "".join(called)
    return called, own, own + "".join(fold(each) for each in beside)


def _holds(text: str, word: str) -> bool:
    return word in text if UNSPACED.match(word) else f" {word}" in text
