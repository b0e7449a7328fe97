"""Text pages: one article a member, in the shape that web archives leave.

    Title of the article
    2023-09-22 10:49:00
      First paragraph …

    Last paragraph …

    Editor: Jane Doe
    1695388531
    #first #second

Every part but the title may be missing. What follows the tail's lines stays in the body; lines that are
no content are dropped later, by the source's list.
"""

import re
from collections.abc import Iterator
from typing import Any

from etl.errors import Refusal
from etl.extract.datelines import date_line
from etl.extract.decoding import decode
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import passed_over, read_all
from etl.extract.types import Member, Reading
from etl.model import RawRecord, Rejection

_HEAD_LINES = 4
"""Lines after the title among which the date and the byline are looked for."""
_TAIL_LINES = 12
"""Lines before the end among which editor, epoch and tags are looked for."""
_LONG_LINE = 200
"""A line of more characters is a paragraph: the head is over."""
_OPENING = 400
"""Characters of the first paragraph that may name its reporter in parentheses."""

_LONG_PAGE = 1 << 20
_LONG_PAGE_END = 64 << 10
"""Of a page of more characters only so many at either end are looked at line by line."""
_GAPS = re.compile(r"\n\s*\n")

_EDITOR = re.compile(
    r"[\[(（【]?(?:(?:responsible |executive |web )?editors?|(?:责任|責任|本文|执行|执行|網頁)?(?:编辑|編輯))"
    r"\s*[:：]\s*(?P<name>[^\])）】]+)[\])）】]?",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:written )?by[:：]?\s+|(?:author|reporter|byline)s?\s*[:：]\s*)(?P<name>.+)"
    r"|(?:作者|记者|記者)\s*[:：/]\s*(?P<cjk>.+)",
    re.IGNORECASE,
)
_TAGS = re.compile(r"(?:[#＃]\S++\s*+)++")
_NAME = re.compile(r"(?:(?:and|de|del|della|der|di|da|dos|du|la|le|van|von|bin|al|el|&)\b|[^\sa-z]\S*)")
_IN_PARENTHESES = re.compile(
    r"\([^()]*?\b(?:[Rr]eporter|[Cc]orrespondent|[Jj]ournalist)s?[:\s]\s*(?P<name>[^\sa-z()][^()]{1,60})\)"
    r"|[(（][^()（）]{0,40}?(?:记者|記者)[:：]?\s*(?P<cjk>[^()（）]{2,30})[)）]"
)


def text_pages(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The one page of a member; none if it is blank. A page over the cap on a record is rejected."""
    most = reading.limits.record_bytes
    data = read_all(member.stream, most)
    if len(data) > most:
        size = len(data) + passed_over(member.stream)
        yield too_large(data, size, most, record=1, member=member.name, offset=0)
        return
    page = read_page(data, reading, member.name)
    if page is not None:
        yield page


def read_page(data: bytes, reading: Reading, member: str | None = None) -> RawRecord | Rejection | None:
    """The record of a page's bytes; None if there is nothing but blanks."""
    try:
        text = decode(data, reading.encoding)
    except Refusal as refusal:
        return rejected(refusal, data, 1, member, 0)
    fields = page_fields(text)
    return RawRecord(fields, 1, data, member, 0) if fields else None


def page_fields(text: str) -> dict[str, Any]:
    """The parts that a page has, of `title published byline body editor captured tags`.

    `tags` is a list of strings; all the others are strings as the page has them.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = list(map(str.strip, _split(text)))
    filled = [i for i, line in enumerate(lines) if line]
    if not filled:
        return {}
    fields: dict[str, Any] = {}
    body_start = _read_head(lines, filled, fields)
    _read_tail(lines, [i for i in filled[-_TAIL_LINES:] if i >= body_start and lines[i]], fields)
    body = _joined(lines[body_start:])
    if body:
        fields["body"] = body
        if "byline" not in fields:
            opening = body[:_OPENING]
            if ("(" in opening or "（" in opening) and (match := _IN_PARENTHESES.search(opening)):
                fields["byline"] = (match["name"] or match["cjk"]).strip()
    return fields


def _split(text: str) -> list[str]:
    """The page's lines; of a very long page the middle is one, for millions of strings take much memory."""
    if len(text) <= _LONG_PAGE:
        return text.split("\n")
    start = text.find("\n", _LONG_PAGE_END)
    end = text.rfind("\n", 0, len(text) - _LONG_PAGE_END)
    if not 0 < start < end:
        return text.split("\n")
    middle = text[start + 1 : end]
    return [
        *text[:start].split("\n"),
        *([""] if middle.startswith("\n") else []),
        _GAPS.sub("\n\n", middle),
        *([""] if middle.endswith("\n") else []),
        *text[end + 1 :].split("\n"),
    ]


def _joined(lines: list[str]) -> str:
    """The lines, with one blank line for each run of blank ones between them."""
    kept: list[str] = []
    gap = False
    for line in lines:
        if line:
            if gap and kept:
                kept.append("")
            kept.append(line)
        gap = not line
    return "\n".join(kept)


def _read_head(lines: list[str], filled: list[int], fields: dict[str, Any]) -> int:
    """Title, date and byline into `fields`, their lines blanked; gives the line where the body starts."""
    first = filled[0]
    title = lines[first]
    rest = filled[1:]
    if rest and "»" in title and title.rpartition("»")[2].strip() == lines[rest[0]]:
        # A breadcrumb that ends in the title, which then follows.
        first = rest.pop(0)
        title = lines[first]
    for i in rest[:_HEAD_LINES]:
        line = lines[i]
        if len(line) > _LONG_LINE:
            break
        if "published" not in fields and (found := date_line(line)):
            fields["published"] = found[1]
            lines[i] = ""
        elif "byline" not in fields and (name := _byline(line)):
            fields["byline"] = name
            lines[i] = ""
    if "published" not in fields and (found := date_line(title)):
        # The page has no title line: the first thing in it is its date.
        fields["published"] = found[1]
    else:
        fields["title"] = title
    return first + 1


def _byline(line: str) -> str | None:
    """The names of a line that is wholly a byline."""
    if len(line) > 80 or line[-1] in ".!?。！？" or (match := _BYLINE.fullmatch(line)) is None:
        return None
    if match["cjk"]:
        return match["cjk"].strip()
    name = match["name"].strip()
    return name if all(map(_NAME.fullmatch, name.split())) else None


def _read_tail(lines: list[str], last: list[int], fields: dict[str, Any]) -> None:
    """Editor, epoch and tags into `fields`, their lines blanked."""
    tags: list[str] = []
    for i in last:
        line = lines[i]
        if line[0] in "#＃":
            if _TAGS.fullmatch(line):
                tags += [word.strip("#＃") for word in line.split()]
                lines[i] = ""
        elif len(line) in (10, 13) and line.isascii() and line.isdigit():
            # Of several the latest: when the page was last seen.
            if line.ljust(13, "0") >= fields.get("captured", "").ljust(13, "0"):
                fields["captured"] = line
            lines[i] = ""
        elif len(line) < 100 and (":" in line or "：" in line) and (match := _EDITOR.fullmatch(line)):
            fields.setdefault("editor", match["name"].strip())
            lines[i] = ""
    if tags:
        fields["tags"] = [tag for tag in tags if tag]
