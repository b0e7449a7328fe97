"""Text of documents that state their own encoding: feeds, XML, HTML pages.

The statement is a hint and often a lie, so what the bytes themselves show goes before it: a byte order
mark, the zeros of UTF-16, valid UTF-8. Bytes that nothing explains become `DAMAGE`, so that only the
record or the page that really holds them is refused.
"""

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache

from etl.errors import Refusal
from etl.extract.codepages import is_in_whole_words, script_page
from etl.extract.decoding import (
    declared_codecs,
    guess_encoding,
    latin_by_language,
    readable_share,
    wide_encoding,
)
from etl.model import Reason

DAMAGE = "\ufdd0"
"""Stands for bytes that are no character: a code point that no text may hold."""

_ALIASES = {
    # Names that browsers know and Python does not.
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "x-big5": "big5",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "unicode-1-1-utf-8": "utf-8",
}
_STATEFUL = ("iso2022", "hz")
"""Encodings whose bytes are all ASCII."""
_WIDE = ("utf-16", "utf-32")
_MULTIBYTE = ("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950", "cp932", "shift_jis", "euc", "cp949")
_LATIN_PAGES = frozenset(
    ("cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "iso8859-9", "cp1257", "latin-1")
)
_WESTERN_PAGES = frozenset(("cp1252", "iso8859-1", "iso8859-15"))
_FEW = 6
"""Bytes: so little that is not ASCII may read as UTF-8 by chance."""
_MIXED = 0.1
"""Share of UTF-8 lines from which on a text is taken for UTF-8 that is damaged in places."""

_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_META = re.compile(rb"""<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_PRESCAN = 32 << 10


@lru_cache(256)
def known_encoding(name: str | None) -> str | None:
    """Python's name of a stated text encoding; None where it is not known."""
    if not name:
        return None
    name = name.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    return found.name if getattr(found, "_is_text_encoding", True) else None


def xml_encoding(head: bytes) -> str | None:
    """What an XML declaration states, as it states it."""
    found = _XML_DECLARATION.match(head[:_PRESCAN].removeprefix(codecs.BOM_UTF8))
    return found[1].decode("ascii") if found else None


def html_encoding(head: bytes) -> str | None:
    """What a page's first `meta` with a charset states, or its XML declaration."""
    found = _META.search(head, 0, _PRESCAN)
    return found[1].decode("ascii") if found else xml_encoding(head)


def decode_declared(data: bytes, stated: Iterable[str | None]) -> str:
    """The text of a document, in an encoding that explains its bytes.

    Args:
        stated: encodings that are claimed for it, the most trusted first; unknown ones are passed over.

    >>> decode_declared("naïve".encode(), ["iso-8859-1"]), decode_declared(b"na\\xefve", ["utf-8", "latin-1"])
    ('naïve', 'naïve')
    """
    # UTF-16 shows in the bytes; stated where it does not show, it is what a program forgot to change.
    names = [name for name in map(known_encoding, stated) if name and not name.startswith(_WIDE)]
    wide = wide_encoding(data)
    if wide is not None:
        encoding, mark = wide
        return _marked(data[mark:], encoding)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _decode_other(data, names)
    for name in names:
        # Seven-bit encodings read as ASCII, and a word or two of a multi-byte one may read as UTF-8.
        if (name.startswith(_STATEFUL) and data.isascii()) or (
            name.startswith(_MULTIBYTE) and 0 < sum(byte > 127 for byte in data[: 64 << 10]) < _FEW
        ):
            decoded = _strictly(data, name)
            if decoded is not None:
                return decoded
    return text.removeprefix("\ufeff")


def refuse_damage(text: str, what: str) -> None:
    """Raises `Refusal` where a text holds bytes that could not be decoded."""
    if DAMAGE in text:
        at = text.index(DAMAGE)
        shown = text[max(0, at - 20) : at + 20].replace(DAMAGE, "�")
        raise Refusal(
            Reason.UNDECODABLE,
            f"{what} has bytes that are not text in any likely encoding ({shown!r}); "
            "state the source's `encoding` if it has one",
        )


def _decode_other(data: bytes, names: list[str]) -> str:
    candidates = [codec for name in names for codec in declared_codecs(name) if codec != "utf-8"]
    if readable_share(data, ("utf-8",)) < _MIXED:
        for name in candidates:
            decoded = _strictly(data, name)
            if decoded is not None:
                return _strictly(data, _belied(name, data) or name) or decoded
        odd = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
        guess = guess_encoding(odd, len(data))
        if guess is not None:
            return _marked(data, guess)
    # UTF-8 with foreign lines: each is read by itself, and no encoding of the whole garbles the rest.
    return "\n".join(_line(line, candidates) for line in data.split(b"\n")).removeprefix("\ufeff")


def _belied(name: str, data: bytes) -> str | None:
    """What the bytes show instead of a stated page of one byte a character; None where they bear it out.

    Servers state Latin pages for texts of any script. Those of several bytes a character, which read
    strictly, are what they are stated to be.
    """
    if name.startswith(_MULTIBYTE):
        return "euc_jp" if name in ("cp932", "shift_jis") and script_page(data) == "euc_jp" else None
    if not is_in_whole_words(data):
        return latin_by_language(data, name) if name in _WESTERN_PAGES else None
    shown = script_page(data) or (guess_encoding(data) if name in _LATIN_PAGES else None)
    return shown if shown not in _LATIN_PAGES else None


def _line(line: bytes, candidates: list[str]) -> str:
    if line.isascii():
        return line.decode("ascii")
    for name in ("utf-8", *candidates):
        decoded = _strictly(line, name)
        if decoded is not None:
            return decoded
    return _marked(line, "utf-8")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _damage(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return DAMAGE, error.end


codecs.register_error("article-etl-damage", _damage)


def _marked(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "article-etl-damage")
