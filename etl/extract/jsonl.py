"""JSON Lines: one record a line. The way that most records take, so it does little else than parse."""

from collections.abc import Iterator

import orjson

from etl.errors import Refusal
from etl.extract.decoding import line_encodings
from etl.extract.jsonrecord import RecordParser
from etl.extract.lines import BLOCK_BYTES, digest_of, line_blocks
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import as_utf8
from etl.extract.types import LineBlock, LineFilter, LineReader, Member, Reading
from etl.model import RawRecord, Rejection

_BOM = b"\xef\xbb\xbf"


def json_lines(reading: Reading, encodings: tuple[str, ...] = (), member: str | None = None) -> LineReader:
    """A function that reads blocks of JSON Lines, or of each only the lines that a filter wants.

    A record's number is its line's, 1-based; its offset is the line's first byte; `raw` is the line
    without its LF. Blank lines are no records. A line that repeats one of its block byte for byte is not
    parsed again: both records have the very same `fields`.

    Args:
        encodings: what lines that are not UTF-8 may be read as (`decoding.line_encodings`).
        member: name of the archive member that the blocks are of.
    """
    most = reading.limits.record_bytes
    parser = RecordParser(reading.limits.depth, encodings)
    checked = parser.checked
    loads = orjson.loads

    def read(block: LineBlock, wanted: LineFilter | None = None) -> Iterator[RawRecord | Rejection]:
        data, base = block.data, block.offset
        if block.over_long:
            yield too_large(data, block.length, most, record=block.first_record, member=member, offset=base)
            return
        record = block.first_record - 1
        start = len(_BOM) if base == 0 and data.startswith(_BOM) else 0
        size = len(data)
        find = data.find
        before: dict[bytes, RawRecord] = {}
        while start < size:
            begin = start
            end = find(b"\n", begin)
            if end < 0:
                end = size
            start = end + 1
            record += 1
            line = data[begin:end]
            digest = digest_of(line)
            if wanted is not None and not wanted(digest, line, record, base + begin):
                continue
            same = before.get(digest)
            if same is not None and same.raw == line:
                yield RawRecord(same.fields, record, same.raw, member, base + begin, digest)
                continue
            try:
                if end - begin > most:
                    yield too_large(
                        line, end - begin, most, record=record, member=member, offset=base + begin
                    )
                    continue
                try:
                    fields = checked(loads(line), line)
                except orjson.JSONDecodeError as error:
                    if not line or line.isspace():
                        continue
                    fields = parser.recover(line, error)
            except Refusal as refusal:
                yield rejected(refusal, line, record, member, base + begin)
            else:
                found = before[digest] = RawRecord(fields, record, line, member, base + begin, digest)
                yield found

    return read


def json_lines_reader(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """JSON Lines of a whole member."""
    stream, sample = as_utf8(member.stream, member.dump)
    read = json_lines(reading, line_encodings(sample, reading.encoding), member.name)
    for block in line_blocks(stream, block_bytes=BLOCK_BYTES, max_line_bytes=reading.limits.record_bytes):
        yield from read(block)
