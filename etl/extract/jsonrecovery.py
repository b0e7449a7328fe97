"""Find the next sound record after a broken one in a JSON text.

A record may be broken by a raw quote in a string, after which nothing that counts quotes can be trusted.
But records of one dump look alike: a place where an object ends and another begins is a boundary if
what begins there parses and has the keys of the record before.
"""

import re
from typing import Any

import orjson

from etl.extract.jsonscan import JsonCursor, Scan

WINDOW = 1 << 20
"""Bytes that are looked at for the next record."""
_BOUNDARY = re.compile(rb"\}[\s,\]\[]*(?=\{)")
_FIRST_KEY = re.compile(rb'\{\s*"([^"\\]{0,200})"\s*:')
_GOES_ON = re.compile(rb"\s*(?:[,\]\[{}]|$)")
_MOST_CANDIDATES = 200
_SHARED_KEYS = 0.6
"""Least share of the last sound record's keys that a record has."""


class Recovery:
    """Knows what the records of a text look like, and finds the next one. All places are distances from
    the cursor's."""

    def __init__(self, cursor: JsonCursor) -> None:
        self._cursor = cursor
        self._last: dict[str, Any] = {}

    def good(self, fields: dict[str, Any]) -> None:
        """Learn from a sound record."""
        self._last = fields

    def restart(self, length: int | None = None) -> int | None:
        """Where the next sound record begins; None where none can be told.

        `length` is that of the broken record by its brackets, where these close. It is believed (None)
        unless a record begins within it, or what follows it is no sequel.
        """
        cursor = self._cursor
        while len(cursor.text) - cursor.at < WINDOW and cursor.more():
            pass
        text, at = cursor.text, cursor.at
        if length is None:
            return self._search(at + 1, len(text))
        inside = self._search(at + 1, at + length)
        if inside is not None or _GOES_ON.match(text, at + length):
            return inside
        return self._search(at + length, len(text))

    def pieces(self, length: int) -> list[int]:
        """Lengths of the broken records that the next `length` bytes are, as far as can be told."""
        text, at = self._cursor.text, self._cursor.at
        starts = [at]
        starts += [place for place in self._candidates(at + 1, at + length) if place < at + length]
        ends = [*starts[1:], at + length]
        return [end - start for start, end in zip(starts, ends, strict=True)] if text else []

    def _search(self, start: int, end: int) -> int | None:
        cursor = self._cursor
        for count, place in enumerate(self._candidates(start, end)):
            if count == _MOST_CANDIDATES:
                return None
            value_end = Scan().run(cursor.text, place)
            if value_end is not None and self._is_record(cursor.text[place:value_end]):
                return place - cursor.at
        return None

    def _candidates(self, start: int, end: int) -> "list[int]":
        text, at = self._cursor.text, self._cursor.at
        first = _FIRST_KEY.match(text, at)
        # Before any sound record only the broken one's own first key tells what a record looks like.
        keys = set(self._last) or ({first[1].decode(errors="replace")} if first else set())
        places = []
        for boundary in _BOUNDARY.finditer(text, start, end):
            key = _FIRST_KEY.match(text, boundary.end())
            if key and key[1].decode(errors="replace") in keys:
                places.append(boundary.end())
        return places

    def _is_record(self, raw: bytes) -> bool:
        try:
            fields = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return False
        if not self._last:
            return True
        shared = len(fields.keys() & self._last.keys())
        return shared >= _SHARED_KEYS * len(self._last)
