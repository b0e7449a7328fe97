"""CSV and TSV: a header, then one record a row, quoted as RFC 4180 says. Strict: nothing is guessed."""

import csv
from collections import Counter
from collections.abc import Iterator

from etl.errors import DumpError, Refusal
from etl.extract.decoding import decode_line
from etl.extract.lines import BLOCK_BYTES, line_blocks
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import LineFeeds, peeked, wholly_utf8
from etl.extract.types import LineBlock, Member, Reading
from etl.model import RawRecord, Reason, Rejection

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"


def csv_records(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """Records of a comma-separated member.

    A record's number is that of its first line, 1-based, the header being line 1. Its fields are the
    header's names, with the cells that are not empty. A row of another width than the header is
    rejected; lines without anything are no rows.

    Raises:
        DumpError: the header is not usable, or a quote is never closed, which hides all that follows.
    """
    yield from _Table(member, reading, reading.delimiter or ",").read()


def tsv_records(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """Records of a tab-separated member, as `csv_records`."""
    yield from _Table(member, reading, reading.delimiter or "\t").read()


class _Table:
    def __init__(self, member: Member, reading: Reading, delimiter: str) -> None:
        self._member = member
        self._most = reading.limits.record_bytes
        self._delimiter = delimiter
        stream, encodings = wholly_utf8(member.stream, member.dump, reading.encoding)
        head, stream = peeked(stream, BLOCK_BYTES // 8)
        if b"\n" not in head and b"\r" in head:
            stream = LineFeeds(stream)
        blocks = line_blocks(stream, block_bytes=BLOCK_BYTES, max_line_bytes=self._most)
        self._lines = _Lines(blocks, encodings, self._most, member.dump)
        csv.field_size_limit(max(csv.field_size_limit(), BLOCK_BYTES, self._most))

    def read(self) -> Iterator[RawRecord | Rejection]:
        rows = self._rows()
        header = next((row for row in rows if isinstance(row, Rejection) or row), None)
        if header is None:
            return
        if isinstance(header, Rejection):
            raise DumpError(self._member.dump, f"its header cannot be read: {header.detail}")
        names = self._names(header)
        width = len(names)
        lines = self._lines
        for row in rows:
            if isinstance(row, Rejection):
                yield row
            elif len(row) == width:
                fields = {name: cell for name, cell in zip(names, row, strict=True) if cell}
                yield RawRecord(fields, lines.record, lines.raw, self._member.name, lines.offset)
            elif row:
                yield self._rejected(Reason.WRONG_WIDTH, f"has {len(row)} cells; the header has {width}")

    def _rows(self) -> Iterator[list[str] | Rejection]:
        """The cells of each row, or its rejection; the row's place is then in `_lines`."""
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while True:
            lines.begin()
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if lines.taken > 1 or "end of data" in str(error):
                    raise self._unclosed(error) from None
                yield self._rejected(Reason.MALFORMED, str(error))
                continue
            if lines.refusal is not None:
                yield self._rejected(lines.refusal.reason, lines.refusal.detail)
            elif lines.size > self._most:
                yield too_large(
                    lines.raw,
                    lines.size,
                    self._most,
                    record=lines.record,
                    member=self._member.name,
                    offset=lines.offset,
                )
            else:
                yield row

    def _names(self, header: list[str]) -> list[str]:
        dump = self._member.dump
        names = [cell.strip() or f"column_{n}" for n, cell in enumerate(header, 1)]
        if len(names) == 1:
            for delimiter in _DELIMITERS:
                if delimiter in names[0]:
                    raise DumpError(
                        dump,
                        f"has one column only, {names[0][:80]!r}; its delimiter may be {delimiter!r}: "
                        f"state `delimiter = {delimiter!r}`",
                    )
        twice = [name for name, n in Counter(names).items() if n > 1]
        if twice:
            raise DumpError(dump, f"has the column {twice[0]!r} twice in its header; rename one of them")
        if any("\0" in name for name in names):
            raise DumpError(dump, "has a NUL character in its header; is it a table?")
        return names

    def _rejected(self, reason: Reason, detail: str) -> Rejection:
        lines = self._lines
        return rejected(
            Refusal(reason, detail), lines.raw[: self._most], lines.record, self._member.name, lines.offset
        )

    def _unclosed(self, error: csv.Error) -> DumpError:
        lines = self._lines
        return DumpError(
            self._member.dump,
            f"a quote in the row that begins at line {lines.record} is not closed, or not rightly "
            f"({error} at line {lines.record + lines.taken - 1}); mend that row",
        )


class _Lines:
    """The lines of a table as text for `csv.reader`, which asks for as many as a row takes."""

    def __init__(self, blocks: Iterator[LineBlock], encodings: tuple[str, ...], most: int, dump: str) -> None:
        self._encodings = encodings
        self._most = most
        self._dump = dump
        self._source = self._raw_lines(blocks)
        self._pieces: list[bytes] = []
        self._next = (1, 0)
        self.begin()

    def begin(self) -> None:
        """A new row begins."""
        self.record, self.offset = self._next
        """Number of the row's first line, and its byte offset."""
        self._pieces.clear()
        self.size = 0
        """Bytes of the row so far, line ends included."""
        self.refusal: Refusal | None = None
        """Why a line of the row is no text."""

    @property
    def taken(self) -> int:
        """Lines of the row so far."""
        return len(self._pieces)

    @property
    def raw(self) -> bytes:
        """The row's own bytes, without its last line end."""
        return b"".join(self._pieces).rstrip(b"\r\n")

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line, length, whole = next(self._source)
        self._pieces.append(line)
        self.size += length
        self._next = (self._next[0] + 1, self._next[1] + length)
        if not whole:
            line = b"\n"
        if self.taken > 1 and self.size > self._most:
            raise DumpError(
                self._dump,
                f"the row that begins at line {self.record} has no end within {self._most:,} bytes "
                "(`limits.record_bytes` in config/settings.toml): a quote in it is not closed",
            )
        try:
            return decode_line(line, self._encodings)
        except Refusal as refusal:
            self.refusal = refusal
            # The bytes that are no text have no part in quoting: the row's end is still found.
            return line.decode("utf-8", "replace")

    @staticmethod
    def _raw_lines(blocks: Iterator[LineBlock]) -> Iterator[tuple[bytes, int, bool]]:
        """Each line with its LF, its length, and whether it is whole: of one over the cap, the head."""
        for block in blocks:
            if block.over_long:
                yield block.data, block.length, False
                continue
            data = block.data
            start = 0
            while start < len(data):
                end = data.find(b"\n", start) + 1 or len(data)
                line = data[start:end]
                yield line.removeprefix(_BOM) if block.offset + start == 0 else line, end - start, True
                start = end
