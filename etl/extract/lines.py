"""Cut a stream into blocks of whole lines. A line ends at LF and nowhere else.

Where a block ends depends on nothing but the bytes from its start on and `block_bytes`: the blocks of a
dump that grew at its end are those of the old one, its last block apart, so that their digests can be
compared.
"""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

import xxhash

from etl.errors import DumpError
from etl.extract.types import LineBlock, Readable

DIGEST_BYTES = 16
BLOCK_BYTES = 3 << 19
"""Size of a block of lines: one entry in the ledger. A load is resumed by the numbers of its blocks, so
another size is another `PARSER_VERSION`."""
_LONG_LINE = 500
_PIECE = 1 << 20
HEAD_BYTES = 64 << 10
"""What is kept of a line that is too long, to be shown."""


def digest_of(data: bytes) -> bytes:
    """Digest by which a block or a line is known again: `DIGEST_BYTES` of XXH3."""
    return xxhash.xxh3_128_digest(data)


def digests_in(joined: bytes) -> Iterator[bytes]:
    """The digests that were joined to these bytes."""
    for start in range(0, len(joined), DIGEST_BYTES):
        yield joined[start : start + DIGEST_BYTES]


def line_blocks(stream: Readable, *, block_bytes: int, max_line_bytes: int) -> Iterator[LineBlock]:
    """Blocks of at most `block_bytes` bytes, cut after their last LF.

    A line that is longer than `block_bytes` is a block of its own; if it is longer than
    `max_line_bytes` too, its block holds only its head (`LineBlock.over_long`). Memory stays under
    about twice the larger of the two, whatever the stream holds.

    Raises what the stream raises, after the whole lines that came before.
    """
    number, offset, record = 0, 0, 1
    pending = b""
    failure: DumpError | None = None
    at_end = False
    while not at_end:
        pending, failure = _filled(stream, pending, block_bytes)
        at_end = len(pending) < block_bytes
        cut = pending.rfind(b"\n", 0, block_bytes) + 1
        if at_end and failure is None:
            cut = len(pending)
        if cut or at_end:
            data, length, pending = pending[:cut], cut, pending[cut:]
        else:
            data, length, pending, failure = _one_long_line(stream, pending, max_line_bytes)
            at_end = failure is not None
        if data:
            yield LineBlock(number, offset, record, data, length, failure is not None)
            number += 1
            offset += length
            record += _count_lines(data) if length == len(data) else 1
    if failure is not None:
        raise failure


def line_places(stream: Readable, *, block_bytes: int) -> Iterator[tuple[int, int, int, int]]:
    """Number, offset, length and first record of the blocks that `line_blocks` gives of a whole stream.

    Their bytes are only looked at, not copied: a digest of the stream may be taken meanwhile.

    Raises what the stream raises.
    """
    number, start, record = 0, 0, 1
    lines = 0
    """In the block so far, up to `cut`."""
    cut = position = 0
    while piece := stream.read(_PIECE):
        end = position + len(piece)
        while start + block_bytes <= end:
            first = max(start - position, 0)
            most = start + block_bytes - position
            last = piece.rfind(b"\n", first, max(most, 0))
            if last >= 0:
                lines += _count_lines(piece, first, last + 1)
                cut = position + last + 1
            if cut <= start:  # a line that is longer than a block
                found = piece.find(b"\n", first)
                if found < 0:
                    break
                cut, lines = position + found + 1, 1
            yield number, start, cut - start, record
            number, start, record, lines = number + 1, cut, record + lines, 0
        else:
            first = max(start - position, 0)
            last = piece.rfind(b"\n", first)
            if last >= 0:
                lines += _count_lines(piece, first, last + 1)
                cut = position + last + 1
        position = end
    if start < position:
        yield number, start, position - start, record


def _count_lines(data: bytes, start: int = 0, end: int | None = None) -> int:
    """`data.count(LF, start, end)`, which looks at each byte in turn up to Python 3.12; jumping pays for long
    lines."""
    end = len(data) if end is None else end
    if data.find(b"\n", start, min(start + _LONG_LINE, end)) >= 0:
        return data.count(b"\n", start, end)
    count = 0
    find = data.find
    while (start := find(b"\n", start, end) + 1) > 0:
        count += 1
    return count


def _filled(stream: Readable, pending: bytes, size: int) -> tuple[bytes, DumpError | None]:
    """`pending` filled up to `size` bytes: fewer only at the stream's end or failure."""
    pieces = [pending]
    missing = size - len(pending)
    try:
        while missing > 0 and (piece := stream.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
    except DumpError as error:
        return b"".join(pieces), error
    return (b"".join(pieces) if len(pieces) > 1 else pending), None


def _one_long_line(stream: Readable, pending: bytes, most: int) -> tuple[bytes, int, bytes, DumpError | None]:
    """The line that `pending` begins with: its data or its head, its length, the rest, the failure."""
    pieces: list[bytes] = []
    held = length = 0
    piece = pending
    try:
        while piece:
            end = piece.find(b"\n") + 1
            line = piece[:end] if end else piece
            length += len(line)
            if held <= most:
                pieces.append(line)
                held += len(line)
            if end:
                break
            piece = stream.read(_PIECE)
    except DumpError as error:
        # The failure cut the line off: what is lost of it is part of what the error is about.
        return b"", 0, b"", error
    data = b"".join(pieces)
    return (data if length <= most else data[:HEAD_BYTES]), length, piece[end:], None


class Place(Protocol):
    """Where a block lies: what `LineBlock` says of itself, without the data."""

    @property
    def number(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def first_record(self) -> int: ...


def block_at(file: BinaryIO, place: Place, *, dump: str, max_line_bytes: int) -> LineBlock:
    """A block that `line_blocks` gave with `BLOCK_BYTES`, read again by its place in the file.

    Raises `DumpError` when the file has become shorter since.
    """
    whole = place.length <= max(BLOCK_BYTES, max_line_bytes)
    size = place.length if whole else HEAD_BYTES
    file.seek(place.offset)
    data = file.read(size)
    while len(data) < size and (piece := file.read(size - len(data))):
        data += piece
    if len(data) < size:
        raise DumpError(
            dump,
            f"ends at byte {place.offset + len(data):,}, but was longer when the run began; load it again",
        )
    return LineBlock(place.number, place.offset, place.first_record, data, place.length)
