"""What a line may hold."""

from core.errors import Invalid
from interactions.frames import TEXT_LIMIT

_NOT_TEXT = {
    code: None for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)) if chr(code) not in "\n\t"
}


def clean(text: str) -> str:
    """Without control characters, save newline and tab. Raises Invalid when nothing is left, or too much."""
    text = without_controls(text)
    if not text.strip():
        raise Invalid(message="A line needs some text.")
    if len(text) > TEXT_LIMIT:
        raise Invalid(message=f"A line has at most {TEXT_LIMIT} characters.", limit=TEXT_LIMIT)
    return text


def without_controls(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOT_TEXT)
