"""Language of an article: what it says itself, else its source's only one, else its text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from etl.transform.function_words import VOTES
from etl.transform.language_names import NAMES

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 250
"""Characters of the body that vote."""
_LONGER_SAMPLE = 1000
"""Characters that the classifier sees where the vote is undecided."""
_SHORTEST = 20
"""Characters below which a text says nothing about its language."""
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", re.ASCII)


def stated_language(value: Any) -> str | None:
    """The BCP-47 primary subtag of a record's own field: `en-US` and `English` are `en`."""
    if type(value) is not str or len(value) > 40:
        return None
    text = value.strip().lower()
    found = _CODE.fullmatch(text)
    if found:
        return _SHORTER.get(found[1], found[1]) if found[1] not in NAMES else NAMES[found[1]]
    return NAMES.get(text)


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

    Function words vote first (Grefenstette 1995); py3langid decides where they do not.
    """
    if len(text) < _SHORTEST:
        return None
    found = _vote(text[:_SAMPLE])
    if found is not None and (not among or found in among):
        return found
    return str(_classifier(among).classify(text[:_LONGER_SAMPLE])[0])


def _vote(sample: str) -> str | None:
    counts: dict[str, int] = {}
    for word in sample.lower().split():
        for language in VOTES.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    if not counts:
        return None
    best = max(counts, key=counts.__getitem__)
    most = counts.pop(best)
    return best if most >= 4 and most >= 2 * max(counts.values(), default=0) else None


@cache
def _classifier(among: tuple[str, ...]) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = [code for code in among if code in identifier.labels]
    if len(known) > 1:
        identifier.set_languages(known)
    return identifier
