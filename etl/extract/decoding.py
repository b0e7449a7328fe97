"""Bytes to text: BOM, strict UTF-8, the source's declared encoding, then a restricted guess. Never a
silent replacement.

A guess is made only where hardly anything that is not ASCII reads as UTF-8: a few stray bytes in a text
of UTF-8 are damage, and no encoding of the whole would read the rest right.
"""

import codecs
import re
from functools import lru_cache

from etl.errors import ConfigError, Refusal
from etl.extract.codepages import is_in_whole_words, latin_page, script_page
from etl.model import Reason

SAMPLE_BYTES = 256 << 10
"""How much of a line dump is looked at to learn its encoding."""
_GUESS_BYTES = 64 << 10

_LATIN = ("cp1250", "cp1252", "cp1254", "iso8859-2", "cp1257")
"""Code pages of the Latin script."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_WIDER = {
    # What people declare, and what they then write: the superset that browsers read instead.
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254",),
    "tis-620": ("cp874",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
}

# In this order of preference where two explain a text equally well. Latin-1 is not among them: it
# accepts any bytes at all.
_GUESSES = [
    "cp1252", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1250", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp874",
]  # fmt: skip

_ZERO_PATTERNS = (
    # Encoding, which of four bytes hold the letters, least share of zeros among the other bytes.
    ("utf-32-le", (0,), 0.9),
    ("utf-32-be", (3,), 0.9),
    ("utf-16-le", (0, 2), 0.3),
    ("utf-16-be", (1, 3), 0.3),
)

# None of these bytes is ever the second one of a character of two.
_STRING_END = re.compile(rb'[\n"]')
_WORD_END = re.compile(rb"[\x00-\x2f]+")
_ENOUGH = 0.1
"""Share of a text that shows it to be UTF-8: by chance a few words in another encoding read as that."""
_MOST = 0.5
"""Share of a text that shows a declared encoding to be right; others read more by chance."""
_NOT_ASCII = re.compile(rb"[^\x00-\x7f]+")
_EVIDENCE = 4
"""Bytes that are not ASCII, from fewer of which nothing is guessed: any encoding would explain them."""
_CUT_OFF = re.compile(rb"[a-z][\xc2-\xde](?![A-Za-z\x80-\xff])")
"""A capital letter that ends a small word, were it a code page's: the first half of a character of UTF-8."""
_WESTERN = frozenset(
    "£€¥§©®°·«»‘’‚“”„–—…•™¡¿½¼¾²ªº\xa0àâäáãåçéèêëíìîïñóòôöõúùûüßæøœÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÆØŒ"
)


def bom_of(head: bytes) -> tuple[str, int] | None:
    """Encoding that a byte order mark states, and the mark's length."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    return None


def wide_encoding(head: bytes) -> tuple[str, int] | None:
    """UTF-16 or UTF-32, by mark or by the zeros that it puts between ASCII letters; and the mark's length."""
    marked = bom_of(head)
    if marked is not None:
        return marked if marked[0] != "utf-8" else None
    head = head[: len(head) & ~3][:4096]
    if len(head) < 8 or b"\0" not in head:
        return None
    zeros = [head[i::4].count(0) * 4 / len(head) for i in range(4)]
    for encoding, letters, least in _ZERO_PATTERNS:
        others = [share for i, share in enumerate(zeros) if i not in letters]
        if min(others) > least and max(zeros[i] for i in letters) < 0.1:
            return encoding, 0
    return next(((encoding, 0) for encoding in ("utf-16-le", "utf-16-be") if _is_prose(head, encoding)), None)


def _is_prose(head: bytes, encoding: str) -> bool:
    """Whether bytes with zeros are a text in UTF-16 of a script that has no ASCII letters, such as Arabic:
    words of letters between spaces, and no sign that no text has."""
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError:
        return False
    letters = sum(map(str.isalpha, text))
    if not all(c.isprintable() or c in "\r\n\t\u200c\u200d\u200e\u200f\u202a\u202b\u202c" for c in text):
        return False
    return letters * 2 > len(text) and (" " in text or "\n" in text)


@lru_cache(32)
def declared_codecs(declared: str | None) -> tuple[str, ...]:
    """The codecs to try for a declared encoding, widest first. Raises `ConfigError` for an unknown name."""
    if declared is None:
        return ()
    try:
        name = codecs.lookup(declared).name
        "a".encode(name).decode(name)  # a codec of text, and not one such as hex
    except (LookupError, ValueError):
        raise ConfigError(
            f"the encoding {declared!r} is not known; state one such as utf-8, gb18030 or windows-1252"
        ) from None
    return (*_WIDER.get(name, ()), name)


def decode(data: bytes, declared: str | None) -> str:
    """The text of a whole page. Raises `Refusal` (undecodable)."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _decode_other(data, declared)
    if text.startswith("\ufeff"):
        text = text[1:]
    if "\0" in text and (wide := wide_encoding(data)):
        return _decode_other(data, wide[0])
    return text


def _decode_other(data: bytes, declared: str | None) -> str:
    marked = wide_encoding(data)
    if marked is not None:
        encoding, mark = marked
        try:
            return data[mark:].decode(encoding)
        except UnicodeDecodeError as error:
            raise Refusal(
                Reason.UNDECODABLE, f"begins as {encoding}, but byte {mark + error.start} is none"
            ) from None
    lines = data.split(b"\n")
    encodings = line_encodings(data, declared)
    return "\n".join([decode_line(line, encodings) for line in lines]).removeprefix("\ufeff")


def decode_line(line: bytes, encodings: tuple[str, ...]) -> str:
    """One line: UTF-8, else the first of `encodings` that reads all of it. Raises `Refusal`."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        failure = error
    for encoding in encodings:
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    shown = failure.object[max(0, failure.start - 10) : failure.start + 10]
    tried = f"nor {encodings[0]} " if encodings else ""
    raise Refusal(
        Reason.UNDECODABLE,
        f"byte {failure.start} is not UTF-8 {tried}({shown!r}); state the source's `encoding` if it has one",
    )


def line_encodings(sample: bytes, declared: str | None) -> tuple[str, ...]:
    """What lines that are not UTF-8 may be read as, in this order, judged by a sample of the member.

    The declared encoding; before it a guess, where hardly anything in the sample reads as UTF-8 and not
    even half as declared.
    """
    codecs_declared = declared_codecs(declared)
    if readable_share(sample, ("utf-8",)) >= _ENOUGH or (
        codecs_declared and readable_share(sample, codecs_declared) >= _MOST
    ):
        return codecs_declared
    odd = b"\n".join(text for text in _STRING_END.split(sample) if not text.isascii())
    guess = guess_encoding(odd, len(sample))
    return (guess, *codecs_declared) if guess else codecs_declared


def whole_encoding(sample: bytes, declared: str | None) -> str | None:
    """The encoding that a member is in as a whole, judged by a sample; None if that is UTF-8, or unknown."""
    if readable_share(sample, ("utf-8",)) >= _ENOUGH:
        return None
    encodings = line_encodings(sample, declared)
    return max(encodings, key=lambda encoding: readable_share(sample, (encoding,)), default=None)


def readable_share(sample: bytes, encodings: tuple[str, ...]) -> float:
    """How much of a sample that is not ASCII reads as one of the encodings; 1 if all is ASCII.

    Word by word, for one stray byte says nothing of the rest.
    """
    if sample.isascii():
        return 1.0
    units = _WORD_END.split(sample)
    if len(sample) >= SAMPLE_BYTES and len(units) > 1:
        units.pop()  # cut off, maybe within a character
    total = good = 0
    for unit in units:
        if not unit.isascii():
            total += len(unit)
            good += len(unit) if _reads(unit, encodings) else 0
    return good / total if total else 1.0


def _reads(unit: bytes, encodings: tuple[str, ...]) -> bool:
    for encoding in encodings:
        try:
            unit.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def guess_encoding(data: bytes, of: int | None = None) -> str | None:
    """The encoding that best explains bytes that are not UTF-8; None where none does.

    `of` is the size of the text that the bytes were taken from (default: their own).
    """
    data = data[:_GUESS_BYTES]
    if b"\0" in data:
        return None
    odd = _NOT_ASCII.findall(data)
    # A pound sign in an English page is no evidence for anything, and a guesser then guesses wildly.
    size = sum(map(len, odd))
    few = size < _EVIDENCE
    rare = few or size * 50 <= max(of or 0, len(data))
    if rare and max(map(len, odd), default=0) <= 2:
        try:
            characters = b"".join(odd).decode("cp1252")
        except UnicodeDecodeError:
            characters = "?"
        if _WESTERN.issuperset(characters) and not _CUT_OFF.search(data):
            return "cp1252"
    return None if few else script_page(data) or _guessed(data)


def _guessed(data: bytes) -> str | None:
    if not is_in_whole_words(data) and (page := latin_by_language(data)):
        return page
    from charset_normalizer import from_bytes  # most runs never need it

    best = from_bytes(data, cp_isolation=_GUESSES, enable_fallback=False).best()
    if best is None:
        return None
    if best.encoding in _LATIN:
        return latin_by_language(data, guess=best.encoding) or str(best.encoding)
    return str(best.encoding)


def latin_by_language(data: bytes, stated: str | None = None, *, guess: str = "cp1252") -> str | None:
    """The Latin code page by the text's language, which shows whichever of them the text is read as; None
    where it does not, or where a stated page fits about as well.

    These pages differ in a few letters only, too few for any guesser: what is `ő` in Hungarian is `õ` in
    Portuguese.
    """
    import py3langid  # most runs never need it

    text = data.decode(stated or guess, "replace")
    return latin_page(data, py3langid.classify(text)[0], stated)
