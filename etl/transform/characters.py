"""Characters that do not belong in text: controls, invisible formats, odd spaces, endless marks."""

import re
import unicodedata
from functools import cache

from etl.transform.probe import probe

_LINE_FEEDS = {"\r\n": "\n", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n\n"}
_SPACES = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x9f"
_FORMATS = (
    "\xad\u061c\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_JOINED = (
    # Scripts in which a joiner changes the letters beside it, then emoji and their parts.
    "\u0600-\u06ff\u0750-\u077f\u0860-\u08ff\u0900-\u0dff\u0e80-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
    "\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
)

_ODD_SPACE = re.compile(f"[{_SPACES}]")
_INVISIBLE = re.compile(f"[{_CONTROLS}{_FORMATS}]")
_JOINER_RUN = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
_LOST_JOINER = re.compile(f"(?<![{_JOINED}])[{_JOINERS}]|[{_JOINERS}](?![{_JOINED}])")

ODD_CHARACTERS = f"[\\r\\v\\f\u2028\u2029{_SPACES}{_CONTROLS}{_FORMATS}]"
"""Class of what is never left in a clean text, for a probe."""
LOST_JOINERS = f"(?:^|[^{_JOINED}])[{_JOINERS}]|[{_JOINERS}](?:[^{_JOINED}]|$)"
"""Joiners where they join nothing, for a probe."""

MOST_MARKS = 30
"""Combining marks kept on one character (Unicode's Stream-Safe Text Format, UAX #15). Normalization is
quadratic in a run of marks: 200,000 of them took 20 s."""

_HAS_ODD = probe(ODD_CHARACTERS)
MANY_MARKS = rf"\p{{M}}{{{MOST_MARKS + 1}}}"
"""More marks in a row than that, for a probe."""
has_many_marks = probe(MANY_MARKS)


def plain_characters(text: str) -> str:
    """The text in NFC, with plain spaces and line feeds, and without what is invisible.

    Joiners stay where a script or an emoji needs them.
    """
    text = nfc(text)
    if not _HAS_ODD(text) and "\u200c" not in text and "\u200d" not in text:
        return text
    for found, feed in _LINE_FEEDS.items():
        if found in text:
            text = text.replace(found, feed)
    text = _ODD_SPACE.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    if text.isascii():
        return text
    text = _JOINER_RUN.sub(r"\1", text)
    text = _LOST_JOINER.sub("", text)
    return nfc(text)


def nfc(text: str) -> str:
    """NFC in time linear in the text."""
    if text.isascii():
        return text
    text = few_marks(text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def few_marks(text: str) -> str:
    """The text with at most `MOST_MARKS` combining marks in a row."""
    return _marks().sub(r"\1", text) if has_many_marks(text) else text


@cache
def _marks() -> re.Pattern[str]:
    """Runs of more marks than are kept. Built when the first text that is not ASCII comes by."""
    marks = [c for c in range(0x300, 0x1E95F) if unicodedata.combining(chr(c))]
    ranges: list[list[int]] = []
    for mark in marks:
        if ranges and mark == ranges[-1][1] + 1:
            ranges[-1][1] = mark
        else:
            ranges.append([mark, mark])
    chosen = "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)
    return re.compile(f"([{chosen}]{{{MOST_MARKS}}})[{chosen}]+")
