"""The body: clean paragraphs, joined by one blank line."""

import re
import unicodedata

from stringzilla import find_first_of

from etl.transform.characters import (
    LOST_JOINERS,
    MANY_MARKS,
    ODD_CHARACTERS,
    few_marks,
    has_many_marks,
    plain_characters,
)
from etl.transform.markup import has_entity, has_tags, tags_to_paragraphs, unescape
from etl.transform.mojibake import SUSPECT, mend
from etl.transform.paragraphs import divided, paragraphs
from etl.transform.probe import probe
from etl.transform.sound import SOUND
from etl.transform.spacing import plainly_spaced, single_spaced
from etl.transform.survey import NOT_PLAIN, has_control, has_lone_feed, is_untold, may_be_odd

_PASSES = 6
"""Passes of every rule within which a text comes to rest. Only text that is nested to deceive takes more."""
_PASSES_WITHOUT_MARKUP = 32
"""Then of what is left when nothing can be a tag or a reference any more: one pass a level of mangled text,
and a level more than doubles the text."""

_ILL_SPACED = probe("  | \n|\n |\n\n\n")
_UNSURE = probe(rf"[^{SOUND}]|{SUSPECT}|{MANY_MARKS}")
_UNCLEAN = probe(rf"{ODD_CHARACTERS}|{LOST_JOINERS}|{SUSPECT}")
"""What tells that a character may have to be mended: one pass of 1.7 ns a byte."""


def clean_body(text: str) -> str:
    """Paragraphs joined by one blank line, in NFC, without tags, entities and invisible characters.

    Idempotent, and in time linear in the text. A clean text comes back as it is, after probes only.
    """
    return text if is_clean(text) else cleaned_body(text)


def cleaned_body(text: str) -> str:
    """`clean_body` of a text that is known not to be clean: the everyday rules, then all of them."""
    mended = mended_in_place(text)
    return rebuilt_body(text) if mended is None else mended


def rebuilt_body(text: str) -> str:
    """`clean_body` of a text that `mended_in_place` gave up."""
    tidied = _tidied(text)
    return tidied if is_clean(tidied) else mended_body(text)


def mended_in_place(text: str) -> str | None:
    """`clean_body` of a text whose lines only need everyday rules and each are a paragraph. None for any
    other.
    """
    if "&" in text:
        text = unescape(text)
    if "<" in text and has_tags(text):
        return None
    mended = divided(single_spaced(plainly_spaced(text)).strip("\n"))
    return mended if is_clean(mended) else None


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


def is_clean(text: str) -> bool:  # noqa: PLR0911 - one question after another, the cheap ones first
    """Whether a text is surely what `clean_body` would make of it; False where only mending can tell."""
    if not text:
        return True
    if text[0] in " \n" or text[-1] in " \n" or _ILL_SPACED(text):
        return False
    try:
        data = text.encode()  # only a copy: the probe has left its UTF-8 with the text
    except UnicodeEncodeError:
        return False
    if has_lone_feed(data):
        return False
    if find_first_of(data, NOT_PLAIN) >= 0:
        if ("<" in text and has_tags(text)) or ("&" in text and has_entity(text)) or has_control(data):
            return False
        if is_untold(data):
            return _is_clean_by_character(text)
    return text.isascii() or not may_be_odd(data) or _is_clean_by_character(text)


def _is_clean_by_character(text: str) -> bool:
    """`is_clean` of a text whose line feeds, spaces and markup are known to be."""
    if not _UNSURE(text):
        return True
    return not _UNCLEAN(text) and not has_many_marks(text) and unicodedata.is_normalized("NFC", text)


def _tidied(text: str) -> str:
    """The everyday rules alone: entities, tags, spaces and line feeds.

    Where the result is clean, the other rules had nothing to do: none of them makes a text less clean,
    and the one thing that these hide from them, a mangled no-break space, is left as it is.
    """
    if "&" in text:
        text = unescape(text)
    if "<" in text and has_tags(text):
        text = tags_to_paragraphs(text)
    return "\n\n".join(paragraphs(plainly_spaced(text)))


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
