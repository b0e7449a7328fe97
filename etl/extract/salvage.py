"""The last good bytes before a damage, which a decompressor does not give with its error."""

import weakref
import zlib
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import NamedTuple, Protocol

from etl.errors import DumpError
from etl.extract.types import Readable

_PIECE = 256 << 10
_IN_MEMORY = 1 << 20
"""Compressed bytes that a tape holds in memory; more of them go to disk."""

Again = Callable[[], Readable]
"""Gives a stream once more, from its start."""


class Decompressor(Protocol):
    """What the decompressors of the standard library, and isal's, have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Inflate:
    """zlib as a `Decompressor`. Unlike isal's it can be asked for one byte at a time, and gives each one
    that stands before a damage; but it takes more than twice as long.
    """

    def __init__(self, window_bits: int) -> None:
        """`window_bits` as `zlib.decompressobj` has it: 31 for gzip, -15 for bare deflate."""
        self._zlib = zlib.decompressobj(window_bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = len(out) < max_length and not self._zlib.unconsumed_tail
        return out


class Tape:
    """A stream that is kept while it is read, to be had again."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._kept = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the tape
        weakref.finalize(self, self._kept.close)

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._kept.write(data)
        return data

    def again(self) -> Readable:
        """What was read so far, from its start."""
        self._kept.seek(0)
        return self._kept


class Salvaged(NamedTuple):
    """What came out once more."""

    data: bytes
    """What follows the bytes that were given before."""
    consumed: int
    """Compressed bytes that it took, up to the damage."""


def salvaged(
    stream: Readable,
    make: Callable[[], Decompressor],
    errors: tuple[type[Exception], ...],
    *,
    given: int,
    sound: int,
    most: int,
) -> Salvaged:
    """The bytes between those that were given and the damage, at the cost of reading all once more.

    A decompressor that meets damage has nothing to say of what it had made of the bytes before it. So
    from near the damage on it is fed a byte at a time and asked for a byte at a time.

    Args:
        stream: The compressed bytes, from their start.
        make: A new decompressor, for each member.
        errors: What it raises.
        given: Decompressed bytes that are not wanted again.
        sound: Compressed bytes that were all made into those.
        most: Decompressed bytes that may be wanted.
    """
    decompressor: Decompressor | None = None
    kept = bytearray()
    consumed = 0
    for piece in _pieces(stream, sound):
        consumed += len(piece)
        data = piece
        while True:
            if decompressor is None:
                data = data.lstrip(b"\0")  # between members: padding
                if not data:
                    break
                decompressor = make()
            room = given and min(given, _PIECE)
            try:
                out = decompressor.decompress(data, room or 1)
            except errors:
                return Salvaged(bytes(kept), consumed)
            data = b""
            if room:
                given -= len(out)
            else:
                kept += out
                if len(kept) >= most:
                    return Salvaged(bytes(kept), consumed)
            if decompressor.eof:
                data, decompressor = bytes(decompressor.unused_data), None
            elif decompressor.needs_input:
                break
    return Salvaged(bytes(kept), consumed)


def _pieces(stream: Readable, sound: int) -> Iterator[bytes]:
    """Large pieces of the first `sound` bytes, then single bytes, up to where the stream itself fails."""
    try:
        while sound > 0 and (piece := stream.read(min(sound, _PIECE))):
            sound -= len(piece)
            yield piece
        while piece := stream.read(_PIECE):
            for byte in piece:
                yield bytes((byte,))
    except DumpError:
        return
