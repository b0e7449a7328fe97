"""The title's normal form: what two spellings of one headline have in common.

It is made for the key alone, is never shown, and its recipe is frozen: a change is a new
`etl.transform.identity.RECIPE_VERSION` and an explicit re-key.
"""

import re
import unicodedata

from etl.errors import Refusal
from etl.model import Reason
from etl.transform.markup import drop_title_tags, unescape
from etl.transform.probe import probe

LONGEST = 2000
"""Characters of a title that count. Normalization is quadratic in hostile text, and NFKC makes up to 18
characters of one: so the cap comes before it and after it."""

_APOSTROPHES = "'’‘‛`´ʹʻʼʽˈˊˋ′ʾʿꞋꞌ\u055a\u05f3\uff07"
_TATWEEL = "\u0640"
_HARAKAT = "\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
_HEBREW_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_IGNORABLE = (
    # Default-ignorable code points (DerivedCoreProperties) that are neither controls nor formats.
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[{_APOSTROPHES}{_TATWEEL}{_HARAKAT}{_HEBREW_POINTS}{_IGNORABLE}]")
_ALIKE = str.maketrans({"ı": "i", "ي": "ی", "ى": "ی", "ك": "ک"})
_DECIMAL_MARK = re.compile(r"(?<=[0-9])[.,٫](?=[0-9])")
_POINTS = ".,٫．，"
_ASCII_DROPPED = "['`\x00-\x1f\x7f]"
_has_hidden_mark = probe(f"[0-9](?:{_ASCII_DROPPED}+[.,]{_ASCII_DROPPED}*|[.,]{_ASCII_DROPPED}+)[0-9]")
"""A decimal mark once what stands beside it is dropped: `3'.5`."""
_NO_DIGIT = (
    " A-Za-z\xc0-\u02af\u0386-\u03ff\u0400-\u0481\u0620-\u063f\u0641-\u064a"
    "\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff"
)
"""What is neither a digit nor dropped, in everyday scripts: a point beside it is no decimal mark."""
_MAYBE_DECIMAL_MARK = re.compile(rf"(?<=[^{_NO_DIGIT}])[{_POINTS}](?=[^{_NO_DIGIT}])")

_ASCII = {
    code: (chr(code).lower() if chr(code).isalnum() else chr(code) if chr(code) in "$%+" else None)
    for code in range(128)
}
_ASCII_BYTES = bytes(ord(_ASCII.get(code) or "\0") for code in range(256))
_ASCII_LEFT_OUT = bytes(code for code, form in _ASCII.items() if form is None)
"""The same for bytes, which takes half of the time."""
_ASCII_DECIMAL = {**_ASCII, ord("."): ".", ord(","): "."}


def normal_form(title: str) -> str:
    """Letters, marks, numbers and the signs that carry meaning (currency, `%`, `+`), in one spelling.

    Case, punctuation, spaces, widths, ligatures, invisible characters, entities and tags do not count;
    digits, marks and word order do. Idempotent, and the same for NFC and NFD.

    Raises:
        Refusal: no_title, where nothing is left.
    """
    if "&" in title or "<" in title or len(title) > LONGEST:
        return full_normal_form(title)
    if title.isascii():
        if "." not in title and "," not in title:
            form = _ascii_form(title)
        elif _has_hidden_mark(title):
            form = ""
        else:
            form = _ascii_with_decimals(title) if _DECIMAL_MARK.search(title) else _ascii_form(title)
    else:
        words = title.split(" ")
        # A title without spaces hardly ever comes again: remembered, it would only hold memory.
        form = "".join(map(_WORDS.__getitem__, words)) if len(words) > 1 else _form_of_word(title)
        if _NOT_ALONE in form:
            form = ""
    # Some characters stand for many: what is longer than the recipe allows is left to the recipe.
    return form if 0 < len(form) <= LONGEST else full_normal_form(title)


def _ascii_form(title: str) -> str:
    return title.encode().translate(_ASCII_BYTES, _ASCII_LEFT_OUT).decode()


def _ascii_with_decimals(title: str) -> str:
    # A mark that is no decimal mark becomes a space, which the table drops with all others.
    kept = _DECIMAL_MARK.sub("\x00", title).replace(".", " ").replace(",", " ").replace("\x00", ".")
    return kept.translate(_ASCII_DECIMAL)


_NOT_ALONE = "\x00"
"""Stands for a character whose form depends on those beside it."""


class _OneByOne(dict[int, str]):
    """Code points to their normal forms, learnt as they come by."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _form_alone(chr(code))
        return found


_ONE_BY_ONE = _OneByOne({code: form or "" for code, form in _ASCII.items()})


def _form_of_word(word: str) -> str:
    # A mark beside a space is no decimal mark, so that a word tells as well as the title.
    return _NOT_ALONE if _MAYBE_DECIMAL_MARK.search(word) else word.translate(_ONE_BY_ONE)


class _Words(dict[str, str]):
    """Words to their normal forms: a dump's titles use a few thousand, most of them often."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS:
            self.clear()
        found = self[word] = _form_of_word(word)
        return found


_MOST_WORDS = 20_000
_WORDS = _Words()


def _form_alone(character: str) -> str:
    """The normal form of one character, where it is the same in any company.

    It is not for marks and joining letters, which may merge with the letter before, and for what falls
    apart into such or into digits, which may make a decimal mark of a full stop.
    """
    apart = unicodedata.normalize("NFKD", character)
    if any(
        unicodedata.category(part)[0] == "M" or _joins(part) for part in unicodedata.normalize("NFKC", apart)
    ):
        return _NOT_ALONE
    if not character.isdecimal() and any(part.isdigit() for part in apart):
        return _NOT_ALONE
    if apart in _POINTS and character not in _POINTS:
        return _NOT_ALONE
    return _kept(_folded(character))


def _joins(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff"  # Hangul letters, which make syllables


def full_normal_form(title: str) -> str:
    """The recipe itself, for any text; `normal_form` takes a shorter way to the same."""
    text = unicodedata.normalize("NFC", title[: 2 * LONGEST])[:LONGEST]
    text = drop_title_tags(unescape(text))
    text = unicodedata.normalize("NFKC", text)[:LONGEST]
    for _ in range(4):
        folded = _folded(text)
        form = _kept(folded) or _symbols(folded)
        if form == text:
            break
        text = form
    if not text:
        raise Refusal(Reason.NO_TITLE, f"nothing is left of {title[:80]!r} in its normal form")
    return text


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    text = unicodedata.normalize("NFKC", text.casefold())
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    text = text.replace("i\u0307", "i").translate(_ALIKE)
    text = _DROPPED.sub("", text)
    return "".join(_digit(c) for c in text)


def _digit(character: str) -> str:
    if character.isdecimal() and not character.isascii():
        return str(unicodedata.decimal(character))
    return character


def _kept(text: str) -> str:
    text = _DECIMAL_MARK.sub("\x00", text)
    kept = "".join(c for c in text if c in "%+\x00" or unicodedata.category(c)[0] in "LMN" or _is_currency(c))
    return unicodedata.normalize("NFC", kept.replace("\x00", "."))[:LONGEST]


def _is_currency(character: str) -> bool:
    return unicodedata.category(character) == "Sc"


def _symbols(text: str) -> str:
    """The symbols of a title that is nothing else, such as a lone emoji."""
    kept = "".join(c for c in text if unicodedata.category(c)[0] == "S")
    return unicodedata.normalize("NFC", kept)[:LONGEST]
