"""JSON dumps: an array of records, an object that has such an array, one record, or any of these glued.

Memory stays bounded whatever the dump's size: records are cut out of the stream one by one. A broken
record costs only itself, where the next one can be told.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from etl.errors import DumpError, Refusal
from etl.extract.jsonlayout import Layout, layout_of
from etl.extract.jsonrecord import RecordParser
from etl.extract.jsonrecovery import WINDOW, Recovery
from etl.extract.jsonscan import JsonCursor
from etl.extract.jsonwrapper import COMMON_LISTS, EVERY, with_key
from etl.extract.lines import HEAD_BYTES
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import wholly_utf8
from etl.extract.types import Member, Reading
from etl.model import RawRecord, Reason, Rejection

_BEGINNING = re.compile(rb'[\[{"]|-?(?:\d|Infinity)|(?:true|false|null|NaN|nan)\b')
_JUNK = re.compile(rb"[^{\[\]]+")
_GAP = re.compile(rb"\}[\s,]*\{")
_GUESSES = 3
_MOST_OPENED = 3
"""Brackets in a row that may be arrays of records; more of them are a value, and no record."""
_NO_END = Refusal(Reason.MALFORMED, "has no end that can be told: there is a quote too many or too few in it")
_ASSIGNMENT = re.compile(rb"\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,100}\s*[=(]\s*(?=[\[{])")
"""JavaScript around the JSON: `var articles = [`, `callback({`."""
_BOM = b"\xef\xbb\xbf"


def json_records(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The records of a JSON member, in its order. A record's number is its ordinal, 1-based.

    What counts as a record: each element of the list at `records` where the source states that path;
    else each object that is in no other one, be it in arrays, one a line, or glued; where the first
    object only wraps a list of them (`wrapped_list`), that list's elements, or the objects that it keeps
    by their ids; the rows of a data frame (`table_rows`), each a record. A record that is kept by an id
    gets that as `id`, or as `url` where it is one, unless it has one.

    Raises:
        DumpError: the text ends within a record or a list, is no JSON, or has no list at `records`.
    """
    stream, encodings = wholly_utf8(member.stream, member.dump, reading.encoding)
    yield from _Document(JsonCursor(stream), member, reading, encodings).read()


class _Document:
    def __init__(
        self, cursor: JsonCursor, member: Member, reading: Reading, encodings: tuple[str, ...]
    ) -> None:
        self._cursor = cursor
        self._member = member
        self._reading = reading
        self._most = reading.limits.record_bytes
        self._parser = RecordParser(reading.limits.depth, encodings)
        self._recovery = Recovery(cursor)
        self._record = 0
        self._between = b""
        """What stood between the last two records, their braces included."""
        self._end_is_lost = False
        """Whether the last record took the end of the text with it."""

    def read(self) -> Iterator[RawRecord | Rejection]:
        cursor = self._cursor
        first = cursor.peek()
        if cursor.text.startswith(_BOM, cursor.at):
            cursor.at += len(_BOM)
            first = cursor.peek()
        wrapped = _ASSIGNMENT.match(cursor.text, cursor.at)
        if wrapped:
            cursor.at = wrapped.end()
            first = cursor.peek()
        elif first and not _BEGINNING.match(cursor.text, cursor.at):
            raise self._fault(f"is no JSON: it begins with {cursor.text[cursor.at : cursor.at + 20]!r}")
        layout = layout_of(cursor, self._most, self._reading.records) if first else Layout()
        if layout.rows:
            yield from map(self._row, layout.rows)
            cursor.skip()
        path = layout.path
        in_array = False
        opened = 0
        while mark := cursor.peek():
            opened = opened + 1 if mark == b"[" else 0
            if mark in b"[]" and opened <= _MOST_OPENED:
                in_array = mark == b"["
                cursor.at += 1
            elif wrapped and mark in b");":
                cursor.at += 1
            elif mark == b"{" and path:
                yield from self._descend(path)
            else:
                yield from self._element()
        if cursor.failure is not None:
            raise cursor.failure
        if in_array and not self._end_is_lost:
            raise self._truncated("a list")

    def _row(self, row: dict[str, Any]) -> RawRecord | Rejection:
        self._record += 1
        raw = orjson.dumps(row)
        try:
            fields = self._parser.checked(row, raw)
        except Refusal as refusal:
            return rejected(refusal, raw, self._record, self._member.name, None)
        return RawRecord(fields, self._record, raw, self._member.name, None)

    def _descend(self, path: tuple[str | None, ...]) -> Iterator[RawRecord | Rejection]:
        """The records at a path in the object at the place."""
        cursor = self._cursor
        cursor.at += 1
        wanted, *deeper = path
        seen: list[str] = []
        found = False
        while (mark := cursor.peek()) != b"}":
            if not mark and self._end_is_lost:
                return
            key = self._key(mark)
            seen.append(key)
            mark = cursor.peek()
            if wanted == EVERY:
                if mark not in b"{[":
                    cursor.skip()
                    continue
            elif not (key == wanted or (wanted is None and key in COMMON_LISTS and mark == b"[")):
                cursor.skip()
                continue
            found = True
            if deeper and mark == b"{":
                yield from self._descend(tuple(deeper))
            elif mark == b"[":
                yield from self._list(tuple(deeper))
            else:
                yield from self._element(key if wanted == EVERY else None)
        cursor.at += 1
        if not found:
            where = self._reading.records or "a common name"
            raise self._fault(
                f"has no list at {where}; the keys there are {', '.join(seen[:20])}; "
                'state the path to it, as in `records = "data.articles"`'
            )

    def _key(self, mark: bytes) -> str:
        cursor = self._cursor
        end = cursor.value_end(1 << 16) if mark == b'"' else None
        if end is None:
            if cursor.ended:
                raise self._truncated("an object")
            raise self._fault(f"has {cursor.text[cursor.at : cursor.at + 20]!r} where a key should be")
        try:
            key = str(orjson.loads(cursor.text[cursor.at : end]))
        except orjson.JSONDecodeError as error:
            raise self._fault(f"has a key that is no string: {error}") from None
        cursor.at = end
        if cursor.peek() != b":":
            raise self._fault(f"lacks the colon after the key {key[:80]!r}")
        cursor.at += 1
        return key

    def _list(self, path: tuple[str | None, ...]) -> Iterator[RawRecord | Rejection]:
        cursor = self._cursor
        cursor.at += 1
        while (mark := cursor.peek()) != b"]":
            if not mark:
                if self._end_is_lost:
                    return
                raise self._truncated("a list")
            if path and mark == b"{":
                yield from self._descend(path)
            else:
                yield from self._element()
        cursor.at += 1

    def _element(self, key: str | None = None) -> Iterator[RawRecord | Rejection]:
        """The record at the place (kept by a key, if any), or the rejection of what is there."""
        cursor = self._cursor
        self._record += 1
        raw, value = self._guessed()
        if not raw:
            end = cursor.value_end(min(WINDOW, self._most))
            if end is None and (restart := self._recovery.restart()):
                yield from self._broken(restart, _NO_END)
                return
            if end is None:
                end = cursor.value_end(self._most)
            if end is None or end - cursor.at > self._most:
                yield self._endless(end)
                return
            raw = cursor.text[cursor.at : end]
        try:
            fields = self._parser.parse(raw) if value is None else self._parser.checked(value, raw)
        except Refusal as refusal:
            length = len(raw)
            if refusal.reason is Reason.MALFORMED:
                if not raw.startswith(b"{") and (junk := _JUNK.match(cursor.text, cursor.at)):
                    length = max(length, len(junk[0]))
                length = self._recovery.restart(length) or length
            yield from self._broken(length, refusal)
            return
        length = len(raw)
        if key is not None:
            fields, raw = with_key(fields, key, raw)
        yield RawRecord(fields, self._record, raw, self._member.name, cursor.offset)
        cursor.at += length
        self._recovery.good(fields)
        if not cursor.text.startswith(self._between, cursor.at - 1) or not self._between:
            gap = _GAP.match(cursor.text, cursor.at - 1)
            self._between = gap[0] if gap else b""

    def _guessed(self) -> tuple[bytes, Any]:
        """The record at the place and its value, if it ends where one would by what parts the others.

        No object is the beginning of another: one that parses is whole, and needs no scan.
        """
        text, at = self._cursor.text, self._cursor.at
        end = at
        if self._between and text.startswith(b"{", at):
            for _ in range(_GUESSES):
                end = text.find(self._between, end, at + self._most) + 1
                if not end:
                    break
                raw = text[at:end]
                try:
                    return raw, orjson.loads(raw)
                except orjson.JSONDecodeError:
                    continue
        return b"", None

    def _broken(self, length: int, refusal: Refusal) -> Iterator[Rejection]:
        """The rejections of what the next `length` bytes are."""
        cursor = self._cursor
        for n, size in enumerate(self._recovery.pieces(length)):
            self._record += n > 0
            raw = cursor.text[cursor.at : cursor.at + size].rstrip(b" \t\r\n,[]")
            yield rejected(refusal, raw[: self._most], self._record, self._member.name, cursor.offset)
            cursor.at += size

    def _endless(self, end: int | None) -> Rejection:
        """The rejection of a value over the cap, or of one that has no end for a quote too many.

        Raises `DumpError` when the text just stops in it.
        """
        cursor = self._cursor
        offset = cursor.offset
        head = cursor.text[cursor.at : cursor.at + HEAD_BYTES]
        if end is None and cursor.ended:
            raw = cursor.text[cursor.at :].rstrip()
            if cursor.failure is not None or raw[-1:] not in (b"}", b"]"):
                raise self._truncated("a record")
            cursor.at = len(cursor.text)
            self._end_is_lost = True
            return rejected(_NO_END, raw[: self._most], self._record, self._member.name, offset)
        size = cursor.skip()
        return too_large(head, size, self._most, record=self._record, member=self._member.name, offset=offset)

    def _truncated(self, what: str) -> DumpError:
        return self._cursor.failure or self._fault(f"ends within {what} (truncated); fetch it again")

    def _fault(self, message: str) -> DumpError:
        return DumpError(self._member.dump, f"{message} (at byte {self._cursor.offset:,})")
