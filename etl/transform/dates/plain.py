"""Date text of any script brought to plain words and ASCII digits, in bounded time."""

import re
import unicodedata

LONGEST = 128
"""Characters; the longest date text seen in real pages has 71. A longer one is not a date."""

_SPACES = re.compile(r"\s+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_REFERENCE = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)


def plain(text: str) -> str:
    """NFKC, no control or format characters, ASCII digits and dashes, single spaces.

    The text must not be longer than `LONGEST` (normalization is quadratic in hostile text).
    """
    if "&" in text:
        text = _REFERENCE.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
        text = "".join(map(_plain_character, text))
    return _SPACES.sub(" ", text).strip()


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cc":
        return " " if character.isspace() else ""
    return "" if category in {"Cf", "Cs"} else character
