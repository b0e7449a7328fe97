"""Cut the elements of one name out of a stream of XML or SGML, without parsing what they hold.

So a record that is broken costs only itself, memory stays bounded, and each record keeps its own bytes
and place.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from etl.extract.lines import HEAD_BYTES
from etl.extract.types import Readable

_READ = 1 << 18
_OVERLAP = 256
"""Bytes that are searched again with what follows them: more than what tells a tag."""
_TAG_END = re.compile(rb"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>""")
_LONGEST_TAG = 64 << 10
_SECTION_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}


class Cut(NamedTuple):
    """One element, from its start tag to its end tag."""

    offset: int
    """Byte offset in the stream."""
    data: bytes
    """Its bytes, tags included; the head of an element that is over the cap."""
    size: int
    """Bytes of the whole element."""
    ended: bool = True
    """Whether its end tag was met; only the last one of a stream may lack it."""


class _Tag(NamedTuple):
    start: int
    end: int
    closes: bool
    is_empty: bool


class RecordCutter:
    """The elements of one name in a stream, in their order; one inside of another is part of it.

    Tags in comments and CDATA sections do not count. A name without a prefix is found under any prefix.
    """

    def __init__(self, stream: Readable, tag: str, most: int, *, ignore_case: bool = False) -> None:
        prefix = rb"" if ":" in tag else rb"(?:[\w.-]{1,60}:)?"
        pattern = rb"<!--|<!\[CDATA\[|<(/?)" + prefix + re.escape(tag.encode()) + rb"(?=[\s>/])"
        self._token = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        self._stream = stream
        self._most = most
        self._held = b""
        self._base = 0
        """Offset of the held bytes in the stream."""
        self._record: int | None = None
        """Offset of the element that is open and held from its start on."""
        self._head = b""
        """Head of an open element that turned out to be over the cap."""

    def __iter__(self) -> Iterator[Cut]:
        depth = start = 0
        for tag in self._tags():
            if depth == 0:
                if tag.closes:
                    continue
                self._record = start = tag.start
                self._head = b""
            if not tag.is_empty:
                depth += -1 if tag.closes else 1
            if depth == 0:
                yield self._cut(start, tag.end)
        if depth:
            yield self._cut(start, self._base + len(self._held))._replace(ended=False)

    @property
    def tail(self) -> bytes:
        """The last bytes that were read; at the end of the iteration those of the stream."""
        return self._held[-_OVERLAP:]

    def _cut(self, start: int, end: int) -> Cut:
        data = self._head or self._held[start - self._base : end - self._base]
        self._record = None
        return Cut(start, data[:HEAD_BYTES] if end - start > self._most else data, end - start)

    def _tags(self) -> Iterator[_Tag]:
        at = 0
        while True:
            found = self._token.search(self._held, at - self._base)
            if found is None:
                at = max(at, self._base + len(self._held) - _OVERLAP)
                if not self._fill(at):
                    return
                continue
            start, after = self._base + found.start(), self._base + found.end()
            section_end = _SECTION_ENDS.get(found[0].upper())
            if section_end is not None:
                end = self._find(section_end, after)
                if end is None:
                    return
                at = end
                continue
            closing = _TAG_END.match(self._held, found.end())
            if closing is not None:
                at = self._base + closing.end()
                yield _Tag(start, at, bool(found[1]), closing[0].endswith(b"/>"))
            elif b"<" in self._held[found.end() :] or len(self._held) - found.end() > _LONGEST_TAG:
                at = after  # no tag at all
            elif not self._fill(start):
                return
            else:
                at = start

    def _find(self, mark: bytes, at: int) -> int | None:
        """Offset behind the next `mark`; None where the stream ends before."""
        while (place := self._held.find(mark, at - self._base)) < 0:
            at = max(at, self._base + len(self._held) - len(mark) + 1)
            if not self._fill(at):
                return None
        return self._base + place + len(mark)

    def _fill(self, needed: int) -> bool:
        """Reads on and forgets what is neither after `needed` nor of the open element; False at the end."""
        if self._record is not None and self._base + len(self._held) - self._record > self._most:
            self._head = self._held[self._record - self._base :][:HEAD_BYTES]
            self._record = None
        piece = self._stream.read(_READ)
        if not piece:
            return False
        keep = needed if self._record is None else min(needed, self._record)
        self._held = self._held[keep - self._base :] + piece
        self._base = keep
        return True
