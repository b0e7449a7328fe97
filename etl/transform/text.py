"""The body: clean paragraphs, joined by one blank line."""

import re
import unicodedata

from etl.transform.characters import LOST_JOINERS, ODD_CHARACTERS, few_marks, has_many_marks, plain_characters
from etl.transform.markup import has_entity, has_tags, tags_to_paragraphs, unescape
from etl.transform.mojibake import SUSPECT, mend
from etl.transform.paragraphs import paragraphs
from etl.transform.probe import probe
from etl.transform.sound import SOUND

_PASSES = 6
"""Passes of every rule within which a text comes to rest. Only text that is nested to deceive takes more."""
_PASSES_WITHOUT_MARKUP = 32
"""Then of what is left when nothing can be a tag or a reference any more: one pass a level of mangled text,
and a level more than doubles the text."""

_ILL_SPACED = probe("  | \n|\n |\n\n\n")
_SINGLE_FEED = probe(r"[^\n]\n[^\n]")
_MANGLED_SPACE = probe("[Â-ô]\xa0")
_TAB_OR_RETURN = probe(r"[\t\r]")
_UNSURE = probe(rf"[^{SOUND}]|  | \n|\n |\n\n\n|[^\n]\n[^\n]|{SUSPECT}")
_UNCLEAN = probe(rf"{ODD_CHARACTERS}|{LOST_JOINERS}|  | \n|\n |\n\n\n|[^\n]\n[^\n]|{SUSPECT}")
"""What tells that a text may have to be mended, for text that is not ASCII: one pass of 1.7 ns a byte."""


def clean_body(text: str) -> str:
    """Paragraphs joined by one blank line, in NFC, without tags, entities and invisible characters.

    Idempotent, and in time linear in the text. A clean text comes back as it is, after probes only.
    """
    return text if is_clean(text) else cleaned_body(text)


def cleaned_body(text: str) -> str:
    """`clean_body` of a text that is known not to be clean: the everyday rules, then all of them."""
    tidied = _tidied(text)
    return tidied if is_clean(tidied) else mended_body(text)


def mended_body(text: str) -> str:
    """`clean_body` by every rule, whether there is something for it or not.

    Where tags or references still form from what dropping others left (`<p<p<p…>>>`), their marks are
    spaces from there on: what is left is text, and stays as it is.
    """
    text, settled = _at_rest(text, _PASSES)
    if settled:
        return text
    return _at_rest(text.replace("<", " ").replace("&", " "), _PASSES_WITHOUT_MARKUP)[0]


def _at_rest(text: str, passes: int) -> tuple[str, bool]:
    """The text after so many passes of every rule, and whether the last one left it as it was."""
    for _ in range(passes):
        cleaned = _cleaned(text)
        if cleaned == text:
            return text, True
        text = cleaned
    return text, False


def is_clean(text: str) -> bool:
    """Whether a text is surely what `clean_body` would make of it; False where only mending can tell."""
    if not text:
        return True
    if (
        text[0] in " \n"
        or text[-1] in " \n"
        or ("<" in text and has_tags(text))
        or ("&" in text and has_entity(text))
    ):
        return False
    if text.isascii():
        return not (_ILL_SPACED(text) or _SINGLE_FEED(text) or _TAB_OR_RETURN(text) or _has_controls(text))
    if is_clean_latin(text) or not _UNSURE(text):
        return True
    return not _UNCLEAN(text) and not has_many_marks(text) and unicodedata.is_normalized("NFC", text)


def is_clean_latin(text: str) -> bool:
    """Whether a text is of latin-1 characters alone, and `_UNSURE` would find nothing in it.

    French, German or Spanish without curly quotes: a table over its bytes tells in half of the time.
    """
    if text[0] > "\xff":
        return False
    try:
        kinds = text.encode("latin-1").translate(_LATIN_KINDS)
    except UnicodeEncodeError:
        return False
    return (
        _UNSOUND not in kinds
        and not (_FOLLOWER in kinds and _LEAD + _FOLLOWER in kinds)
        and not _ILL_SPACED(text)
        and not _SINGLE_FEED(text)
    )


_SOUND, _UNSOUND, _LEAD, _FOLLOWER = b".", b"x", b"l", b"f"


def _latin_kind(code: int) -> bytes:
    """What a latin-1 character may be part of; `_LEAD` and `_FOLLOWER` as `mojibake.SUSPECT` has them."""
    if not _IS_SOUND(chr(code)):
        return _UNSOUND
    if 0xC2 <= code <= 0xF0:
        return _LEAD
    return _FOLLOWER if 0x80 <= code <= 0xBF else _SOUND


_IS_SOUND = probe(f"[{SOUND}]")
_LATIN_KINDS = b"".join(map(_latin_kind, range(256)))


def _has_controls(text: str) -> bool:
    # One `in` is a memchr of 30 ns for 3 KB; a character class takes a hundred times that.
    return (
        "\x00" in text
        or "\x01" in text
        or "\x02" in text
        or "\x03" in text
        or "\x04" in text
        or "\x05" in text
        or "\x06" in text
        or "\x07" in text
        or "\x08" in text
        or "\x0b" in text
        or "\x0c" in text
        or "\x0e" in text
        or "\x0f" in text
        or "\x10" in text
        or "\x11" in text
        or "\x12" in text
        or "\x13" in text
        or "\x14" in text
        or "\x15" in text
        or "\x16" in text
        or "\x17" in text
        or "\x18" in text
        or "\x19" in text
        or "\x1a" in text
        or "\x1b" in text
        or "\x1c" in text
        or "\x1d" in text
        or "\x1e" in text
        or "\x1f" in text
        or "\x7f" in text
    )


def _tidied(text: str) -> str:
    """The everyday rules alone: entities, tags, spaces and line feeds.

    Where the result is clean, the other rules had nothing to do: none of them makes a text less clean,
    and the one thing that these hide from them, a mangled no-break space, is left as it is.
    """
    if "&" in text:
        text = unescape(text)
    if "<" in text and has_tags(text):
        text = tags_to_paragraphs(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" in text:
        text = text.replace("\t", " ")
    if not text.isascii():
        if "\xa0" in text and not _MANGLED_SPACE(text):
            text = text.replace("\xa0", " ")
        if "\u3000" in text:
            text = text.replace("\u3000", " ")
    return "\n\n".join(paragraphs(text))


def _cleaned(text: str) -> str:
    """One pass of every rule."""
    text = mend(few_marks(text))
    text = tags_to_paragraphs(unescape(text))
    return "\n\n".join(paragraphs(plain_characters(text)))


_WHITE = re.compile(r"\s+")


def clean_line(text: str) -> str:
    """A short text (a name, a tag) on one line: plain characters, single spaces, no entities."""
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text.strip()
    if not text.isascii():
        text = mend(few_marks(text))
    if "&" in text:
        text = unescape(text)
    return _WHITE.sub(" ", plain_characters(text)).strip()
