"""Language of an article: what it says itself, else its source's only one, else its text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from etl.transform.function_words import LANGUAGES, VOTES
from etl.transform.language_names import NAMES

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 160
"""Characters of the body that vote."""
_LONGER_SAMPLE = 1000
"""Characters that the classifier sees where the vote is undecided."""
_SHORTEST = 40
"""Characters below which a text says nothing about its language."""
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", re.ASCII)


def stated_language(value: Any) -> str | None:
    """The BCP-47 primary subtag of a record's own field: `en-US` and `English` are `en`."""
    if type(value) is not str:
        return None
    found = _STATED.get(value)
    if found is None and len(value) <= _LONGEST_NAME:
        found = _stated(value.strip().lower())
        if found is not None and len(_STATED) < _MOST_STATED:
            _STATED[value] = found
    return found


_STATED: dict[str, str] = {}
_MOST_STATED = 1000
_LONGEST_NAME = 40
_NO_LANGUAGE = {"und", "mul", "zxx", "mis"}
"""ISO 639's codes for undetermined, several, none and uncoded."""


def _stated(text: str) -> str | None:
    if text in NAMES:
        return NAMES[text]
    found = _CODE.fullmatch(text)
    if found and found[1] in _NO_LANGUAGE:
        return None
    return _SHORTER.get(found[1], found[1]) if found else None


_SHORTER = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "rus": "ru", "zho": "zh", "chi": "zh", "cmn": "zh", "jpn": "ja", "kor": "ko", "ara": "ar", "fas": "fa",
    "per": "fa", "hin": "hi", "ben": "bn", "tur": "tr", "pol": "pl", "nld": "nl", "dut": "nl", "swe": "sv",
    "ukr": "uk", "ell": "el", "gre": "el", "heb": "he", "iw": "he", "vie": "vi", "tha": "th", "ind": "id",
    "in": "id", "ces": "cs", "cze": "cs", "ron": "ro", "rum": "ro", "hun": "hu", "fin": "fi", "dan": "da",
    "nor": "no", "urd": "ur",
}  # fmt: skip


def text_language(text: str, among: tuple[str, ...] = ()) -> str | None:
    """The language that a text is in, of those given (or of all, for none); None for too short a text.

    Function words vote first (Grefenstette 1995), then the script. py3langid decides where neither does;
    it takes 90 MB, and is loaded for the first such text.
    """
    if len(text) < _SHORTEST:
        return None
    sample = text[:_SAMPLE]
    found = _vote(sample, 1.5) or _script(sample)
    if found is None and len(text) > _SAMPLE:
        sample = text[:_LONGER_SAMPLE]
        found = _vote(sample, 1.2) or _script(sample)
    if found is not None and (not among or found in among):
        return found
    return str(_classifier(among).classify(text[:_LONGER_SAMPLE])[0])


def _vote(sample: str, margin: float) -> str | None:
    """The language whose function words the sample has most of: at least four, and `margin` times as
    many as of any other."""
    words = sample.lower().split()
    if len(words) > _MOST_WORDS:
        del words[_MOST_WORDS:]
    votes = sum(filter(None, map(VOTES.get, words)))
    counts = votes.to_bytes(len(LANGUAGES), "little")
    ordered = sorted(counts.translate(None, b"\x00"))  # few languages have any
    if not ordered or ordered[-1] < _LEAST_VOTES:
        return None
    if len(ordered) > 1 and ordered[-1] < ordered[-2] * margin:
        return None
    best = counts.index(ordered[-1])
    language = LANGUAGES[best]
    return language if language not in _IN_SHARED_SCRIPT else _by_letters(sample)


_MOST_WORDS = 255
"""So that no language's byte overflows."""
_LEAST_VOTES = 4

_CYRILLIC, _ARABIC = "Cyrillic", "Arabic"
_IN_SHARED_SCRIPT = {"ru", "uk", "bg", "be", "mk", "sr", "ar", "fa", "ur"}
_BLOCKS = {
    **dict.fromkeys(range(0x3040 >> 6, 0x3100 >> 6), "ja"),
    **dict.fromkeys(range(0xAC00 >> 6, 0xD7C0 >> 6), "ko"),
    **dict.fromkeys(range(0x4E00 >> 6, 0xA000 >> 6), "zh"),
    **dict.fromkeys(range(0x0400 >> 6, 0x0480 >> 6), _CYRILLIC),
    **dict.fromkeys(range(0x0600 >> 6, 0x0700 >> 6), _ARABIC),
    **dict.fromkeys(range(0x0370 >> 6, 0x0400 >> 6), "el"),
    **dict.fromkeys(range(0x0590 >> 6, 0x0600 >> 6), "he"),
    **dict.fromkeys(range(0x0E00 >> 6, 0x0E80 >> 6), "th"),
    **dict.fromkeys(range(0x0980 >> 6, 0x0A00 >> 6), "bn"),
    **dict.fromkeys(range(0x0A00 >> 6, 0x0A80 >> 6), "pa"),
    **dict.fromkeys(range(0x0A80 >> 6, 0x0B00 >> 6), "gu"),
    **dict.fromkeys(range(0x0B80 >> 6, 0x0C00 >> 6), "ta"),
    **dict.fromkeys(range(0x0C00 >> 6, 0x0C80 >> 6), "te"),
    **dict.fromkeys(range(0x0C80 >> 6, 0x0D00 >> 6), "kn"),
    **dict.fromkeys(range(0x0D00 >> 6, 0x0D80 >> 6), "ml"),
    **dict.fromkeys(range(0x0D80 >> 6, 0x0E00 >> 6), "si"),
    **dict.fromkeys(range(0x1000 >> 6, 0x1080 >> 6), "my"),
    **dict.fromkeys(range(0x10C0 >> 6, 0x1100 >> 6), "ka"),
    **dict.fromkeys(range(0x1200 >> 6, 0x1380 >> 6), "am"),
    **dict.fromkeys(range(0x1780 >> 6, 0x1800 >> 6), "km"),
}
"""Blocks of 64 code points to the one language of the news that is written in them (or most of it)."""


_FIRST_TOLD = chr(min(_BLOCKS) << 6)
"""All characters before it are Latin's."""


def _script(sample: str) -> str | None:
    """The language of the script that most of the sample's characters are in, where that tells it."""
    if sample.isascii():
        return None
    seen = sample[::8]
    if max(seen) < _FIRST_TOLD:
        return None
    blocks = [_BLOCKS.get(ord(character) >> 6) for character in seen]
    if blocks.count("ja") * 10 >= len(seen):
        return "ja"  # kana; its Han characters would say Chinese
    best = next((block for block in set(blocks) if block and blocks.count(block) * 2 >= len(seen)), None)
    return _by_letters(sample) if best in {_CYRILLIC, _ARABIC} else best


def _by_letters(sample: str) -> str | None:
    """The Cyrillic or Arabic language that has letters of its own in the sample."""
    return next((language for letter, language in _LETTERS if letter in sample), None)


_LETTERS = (
    # The first letter that is there decides; those of more than one language come last.
    ("ў", "be"), ("ї", "uk"), ("є", "uk"), ("ґ", "uk"), ("ђ", "sr"), ("ћ", "sr"), ("ѓ", "mk"), ("ќ", "mk"),
    ("љ", "sr"), ("њ", "sr"), ("ә", "kk"), ("ө", "mn"), ("ы", "ru"), ("э", "ru"),
    ("ٹ", "ur"), ("ے", "ur"), ("ں", "ur"), ("ښ", "ps"), ("ې", "ps"), ("ێ", "ckb"),
    ("پ", "fa"), ("چ", "fa"), ("گ", "fa"), ("ک", "fa"), ("ة", "ar"), ("ي", "ar"), ("ك", "ar"),
)  # fmt: skip


@cache
def _classifier(among: tuple[str, ...]) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = [code for code in among if code in identifier.labels]
    if len(known) > 1:
        identifier.set_languages(known)
    return identifier
