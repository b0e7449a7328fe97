"""Names of a zip archive's members, which many archivers write in the code page of their own machine.

The format has a flag for UTF-8 and, without it, only the page of the first PCs (cp437). Arabic, Russian
and Chinese machines write theirs; some tools read those as cp437 and then write the outcome as UTF-8.
"""

import re
import struct
from collections.abc import Sequence
from zipfile import ZipInfo

from etl.extract.codepages import is_in_whole_words, script_page
from etl.extract.decoding import guess_encoding

_UTF8 = 0x800
_UNICODE_PATH = 0x7075
"""Extra field of Info-ZIP: the name in UTF-8 beside the one in the machine's page."""
_FIELD = struct.Struct("<HH")
_LINES = re.compile("[\u2500-\u259f]")
"""Lines and blocks, which no name has, are letters of another page that were read as cp437."""
_MULTIBYTE = frozenset(("gb18030", "big5", "cp932", "euc_jp", "cp949"))


def member_names(members: Sequence[ZipInfo]) -> list[str]:
    """The names of members as they were meant. All of an archive's names together show their page."""
    names = [_stated(info) for info in members]
    odd = b"\n".join(name for name in names if isinstance(name, bytes))
    page = _page(odd) if odd else "cp437"
    return [name if isinstance(name, str) else _decoded(name, page) for name in names]


def _stated(info: ZipInfo) -> str | bytes:
    """The name where its encoding is certain, else its bytes."""
    name = info.orig_filename
    if name.isascii():
        return name
    if info.flag_bits & _UTF8:
        if not _LINES.search(name):
            return name
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name
        misread = _utf8(raw) or _in_page(raw, _page(raw))
        return misread if misread is not None and not _LINES.search(misread) else name
    stated = _unicode_path(info.extra)
    if stated is not None:
        return stated
    raw = name.encode("cp437", "replace")
    return _utf8(raw) or raw


def _unicode_path(extra: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = _FIELD.unpack_from(extra, at)
        if kind == _UNICODE_PATH and 5 < size <= len(extra) - at - 4:
            return _utf8(extra[at + 9 : at + 4 + size])
        at += 4 + size
    return None


def _page(names: bytes) -> str:
    page = script_page(names)
    if page is None and is_in_whole_words(names):
        guess = guess_encoding(names)
        page = guess if guess in _MULTIBYTE else None
    elif page is None and _is_japanese(names):
        page = "cp932"
    return page or "cp437"


def _is_japanese(names: bytes) -> bool:
    """Whether names have kana in Shift-JIS, whose second bytes may be ASCII."""
    decoded = _in_page(names, "cp932") or ""
    return sum("\u3041" <= sign <= "\u30fe" for sign in decoded) * 4 > sum(not c.isascii() for c in decoded)


def _decoded(name: bytes, page: str) -> str:
    decoded = _in_page(name, page)
    return decoded if decoded is not None else name.decode("cp437")


def _in_page(name: bytes, page: str) -> str | None:
    try:
        return name.decode(page)
    except UnicodeDecodeError:
        return None


def _utf8(name: bytes) -> str | None:
    return _in_page(name, "utf-8")
