"""The format of a member by its first bytes: what a file is, whatever it is called."""

import csv
import re
from collections import Counter

import orjson

from etl.extract.arc import ARC_MARK
from etl.extract.decoding import bom_of, line_encodings, wide_encoding

DELIMITERS = (",", "\t", ";", "|")
_ROWS = 60
_LEAST_ALIKE = 0.9
"""Share of rows that must be as wide as the header in what is taken for a table."""

_FEED = re.compile(r"<(?:[\w.-]{1,60}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|meta|link|script|title|div|p|h1|table)[\s>]", re.IGNORECASE)
_PAGE_TYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_PROLOG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->|<![^>\[]*(?:\[.*?\]\s*)?>)*+", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z_!?][^<>]{0,2000}>")
_ASSIGNMENT = re.compile(r"\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,100}\s*[=(]\s*[\[{]")
_JSON_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]\d-])')
_HEADER_CELL = re.compile(r"[^\n]{1,60}")


def readable(head: bytes) -> str | None:
    """The head as text, whatever its encoding; None for what is no text."""
    wide = wide_encoding(head)
    encoding = wide[0] if wide else "utf-8"
    data = head[wide[1] :] if wide else head
    if not wide and (b"\0" in data[:4096] or _controls(data[:4096]) > 0.05):
        return None
    if not wide:
        mark = bom_of(head)
        data = head[mark[1] :] if mark else head
        try:
            return data.decode()
        except UnicodeDecodeError:
            encoding = next(iter(line_encodings(data, None)), "utf-8")
    return data.decode(encoding, "replace")


def _controls(data: bytes) -> float:
    odd = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in data)
    return odd / len(data) if data else 0.0


def format_by_bytes(head: bytes, *, whole: bool) -> str | None:  # noqa: PLR0911 - one a kind
    """The format that the first bytes speak for; None where they are no text of any kind, or nothing.

    Args:
        whole: whether the head is all there is.
    """
    bare = head.lstrip()
    if not bare:
        return None
    if bare.startswith(b"PAR1"):
        return "parquet"
    if bare.startswith((b"WARC/", ARC_MARK)):
        return "warc"
    text = readable(head)
    if text is None:
        return None
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _markup(text)
    if _JSON_START.match(text) or _ASSIGNMENT.match(text):
        return _json(text, whole=whole)
    if delimiter_of(text, whole=whole) is not None:
        return "csv"
    return "text"


def _json(text: str, *, whole: bool) -> str:
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    if not whole and len(lines) > 1:
        lines.pop()
    if len(lines) < 2 or not all(_is_object(line) for line in lines[:20]):
        return "json"
    return "jsonl"


def _is_object(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line.encode("utf-8", "replace")), dict)
    except orjson.JSONDecodeError:
        return False


def _markup(text: str) -> str | None:
    opening = text[: 16 << 10]
    prolog = _PROLOG.match(opening)
    root = prolog.end() if prolog else 0
    if _FEED.match(opening, root):
        return "feed"
    if _PAGE.match(opening, root) or _PAGE_TYPE.search(opening, 0, root):
        return "html"
    if opening.startswith("<?xml"):
        return "xml"
    if len(_TAG.findall(opening)) < 2:
        return "text"
    return "xml" if _well_formed(opening) else "sgml"


def _well_formed(text: str) -> bool:
    """Whether the beginning parses as XML, as far as it goes."""
    from lxml.etree import XMLPullParser, XMLSyntaxError

    parser = XMLPullParser(events=("start",), resolve_entities=False, no_network=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        return "<!DOCTYPE" not in text[:2000] and next(iter(parser.read_events()), None) is not None
    except (XMLSyntaxError, ValueError):
        return False


def delimiter_of(text: str, *, whole: bool) -> str | None:
    """The delimiter of a table: the one whose rows are alike in width; None for what is no table."""
    best: tuple[float, int, str] | None = None
    for delimiter in DELIMITERS:
        rows = _rows(text, delimiter, whole=whole)
        if len(rows) < 2 or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        alike = sum(len(row) == width for row in rows[1:]) / len(rows[1:])
        if alike < _LEAST_ALIKE or not _is_header(rows[0]) or (len(rows) < 4 and width < 3):
            continue
        if best is None or (alike, width) > best[:2]:
            best = alike, width, delimiter
    return best[2] if best else None


def _rows(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows: list[list[str]] = []
    try:
        for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True):
            if row:
                rows.append(row)
            if len(rows) > _ROWS:
                return rows
    except csv.Error:
        return rows if len(rows) > 2 and not whole else []
    return rows if whole else rows[:-1]


def _is_header(row: list[str]) -> bool:
    """Whether cells look like names of columns: short, mostly different, and no prose."""
    cells = [cell.strip() for cell in row]
    named = [cell for cell in cells if cell]
    if len(named) < 2 or max(Counter(map(str.lower, named)).values()) > 1:
        return False
    return all(_HEADER_CELL.fullmatch(cell) and len(cell.split()) <= 5 for cell in named) and not any(
        cell.replace(".", "").replace("-", "").isdigit() and len(cell) > 4 for cell in named
    )
