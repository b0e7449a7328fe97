"""Which code page of one byte a character a text is in, told by the letters that it would then have.

In the right page the common letters of a script make most of the text, words keep to one script, and no
capital follows a small letter; in a wrong one all of them come up by chance. That tells the code pages of
one script apart too (`windows-1251` from `koi8-r`, `windows-1256` from `iso-8859-6`), which general
guessers mix up.
"""

import re
from typing import NamedTuple


class Script(NamedTuple):
    """A script that is written in code pages of its own."""

    pages: tuple[str, ...]
    """The wider one first, where one page has all that another has."""
    common: frozenset[str]
    """Its common letters, small; they make two thirds of a text."""
    first: str
    last: str
    """The range of its letters in Unicode."""


_SCRIPTS = (
    Script(("cp1256", "iso8859-6", "cp720", "cp864"), frozenset("اليمونرتبةعدسفأكحهق"), "\u0620", "\u06d3"),
    Script(
        ("cp1251", "koi8_u", "koi8_r", "cp866", "iso8859-5", "mac_cyrillic"),
        frozenset("оеаинтсрвлкмдпуіяы"),
        "\u0400",
        "\u045f",
    ),
    Script(("cp1253", "iso8859-7"), frozenset("αοιετσνηυρπκμλςίό"), "\u0384", "\u03ce"),
    Script(("cp1255", "iso8859-8", "cp862"), frozenset("יוהלאתרמבשנםד"), "\u05d0", "\u05ea"),
    Script(("cp874",), frozenset("านรอกเงมยลวด่้ทส"), "\u0e01", "\u0e3a"),
)
_RUN = re.compile(rb"[\x80-\xff]+")
_LEAST_BYTES = 6
"""Bytes beyond ASCII, from fewer of which nothing is told."""
_LEAST_SCORE, _CLEAR = 0.62, 0.04
"""What the common letters must make of a text, and how much more than with the next page."""
_CAPITAL = 0.8
"""What a capital counts, for texts are not written in them."""
_KANA = 0.25
"""Share of a Japanese text; a half is usual."""
_WORD = 2.5
"""Bytes that runs beyond ASCII have on average, at least: the scripts above are written in whole words."""


def script_page(data: bytes) -> str | None:
    """The code page of a text in a script other than Latin; None where none of them explains it well.

    >>> script_page("Паром и трамвай по одному билету".encode("koi8_r"))
    'koi8_u'
    >>> script_page("Fähre und Straßenbahn".encode("latin-1"))
    """
    if not is_in_whole_words(data):
        return None
    text = b" ".join(_RUN.findall(data))
    if _is_japanese(text):
        return "euc_jp"
    scored = sorted(
        ((score, -place, page) for place, page, score in _scores(text) if score >= _LEAST_SCORE), reverse=True
    )
    if not scored:
        return None
    best, _, page = scored[0]
    others = (other for other, _, other_page in scored[1:] if _reads_otherwise(text, page, other_page))
    return page if best - max(others, default=0.0) >= _CLEAR else None


def _is_japanese(text: bytes) -> bool:
    """Whether the text has the kana of EUC-JP, whose bytes are rare letters in all other encodings."""
    try:
        decoded = text.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return sum("\u3041" <= sign <= "\u30fe" for sign in decoded) > _KANA * len(decoded)


def _scores(text: bytes) -> list[tuple[int, str, float]]:
    found: list[tuple[int, str, float]] = []
    for script in _SCRIPTS:
        for page in script.pages:
            try:
                decoded = text.decode(page)
            except UnicodeDecodeError:
                continue
            found.append((len(found), page, _score(decoded, script)))
    return found


def _score(text: str, script: Script) -> float:
    """The share of common letters, less what a text of that script does not have."""
    signs = text.replace(" ", "")
    common = 0.0
    odd = 0
    before = " "
    for sign in text:
        if sign.lower() in script.common:
            common += _CAPITAL if sign.isupper() else 1
        elif not (script.first <= sign <= script.last) and (
            sign.isalpha() or not sign.isprintable() or sign in _LINES
        ):
            odd += 1
        if sign.isupper() and before.islower():
            odd += 1
        before = sign
    return (common - odd) / max(1, len(signs))


_LINES = frozenset(map(chr, range(0x2500, 0x25A0))) | frozenset("±¤¦§¨¬¶·×÷")
"""Lines and signs that stand where a wrong code page has its letters."""


def _reads_otherwise(text: bytes, page: str, other: str) -> bool:
    return text.decode(page) != text.decode(other)


_ALPHABETS = {
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű",
    "hr": "čćđšž", "sl": "čšž", "bs": "čćđšž", "sr": "čćđšž", "ro": "ăâîşţșț", "sq": "çë", "tr": "çğıöşüâîû",
    "az": "çğıöşüə", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "äõöüšž", "en": "éèêïñôö",
    "fr": "àâæçéèêëîïôœùûüÿ", "de": "äöüß", "es": "áéíñóúü", "pt": "áâãàçéêíóôõúü", "it": "àèéìíîòóù",
    "nl": "áäéëïíóöúü", "sv": "åäöé", "da": "æøåé", "no": "æøåéòô", "nb": "æøåéòô", "fi": "äöå",
    "is": "áðéíóúýþæö",
}  # fmt: skip
_LATIN_PAGES = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "iso8859-15", "cp852")


def is_in_whole_words(data: bytes) -> bool:
    """Whether what is beyond ASCII comes in runs as long as words, and not letter by letter as in Latin."""
    runs = _RUN.findall(data)
    size = sum(map(len, runs))
    return size >= _LEAST_BYTES and size >= _WORD * len(runs)


def latin_page(data: bytes, language: str, stated: str | None = None) -> str | None:
    """The code page in which a text in a language of the Latin script has that language's letters; None
    where the language is not known here. A stated page must be clearly worse to be left.

    >>> latin_page("Zarząd portu ogłosił dziś".encode("iso8859-2"), "pl")
    'iso8859-2'
    """
    letters = _ALPHABETS.get(language)
    if letters is None:
        return None
    own = frozenset(letters + letters.upper())
    text = b"".join(_RUN.findall(data))
    fits = {page: _fit(text, page, own) for page in _LATIN_PAGES}
    best = max(fits, key=fits.__getitem__)
    if fits[best] < _FITTING:
        return None
    if stated and fits[best] - _fit(text, stated, own) < (_CLEARLY if fits[best] < _PERFECT else _AT_ALL):
        return None
    return best


def _fit(text: bytes, page: str, letters: frozenset[str]) -> float:
    try:
        decoded = text.decode(page)
    except UnicodeDecodeError:
        return 0.0
    fitting = sum(1.0 if sign in letters else 0.9 if sign in _PUNCTUATION else 0.0 for sign in decoded)
    return fitting / max(1, len(decoded))


_PERFECT, _CLEARLY, _AT_ALL = 0.99, 0.15, 0.02
"""How much better than a stated page another one must fit, where it does not fit perfectly or does."""
_FITTING = 0.85
"""The share of a text beyond ASCII that its language's letters and marks must make."""
_PUNCTUATION = frozenset("\xa0«»‘’‚“”„–—…•°€£§©®™")
