"""Small streams: one that gives back what was peeked at, others that are UTF-8 whatever was below."""

import codecs

from etl.errors import DumpError
from etl.extract.decoding import SAMPLE_BYTES, line_encodings, whole_encoding, wide_encoding
from etl.extract.types import Readable


class Resumed:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._rest.read(size)


def peeked(stream: Readable, size: int) -> tuple[bytes, Readable]:
    """The first `size` bytes (fewer if there are no more), and the stream with them still in it.

    A stream that fails on the way fails after these bytes: one that failed once does so again.
    """
    pieces: list[bytes] = []
    missing = size
    try:
        while missing > 0 and (piece := stream.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
    except DumpError:
        pass
    head = b"".join(pieces)
    return head, Resumed(head, stream)


def passed_over(stream: Readable) -> int:
    """Read a stream to its end, for its caps and checksums to have their say; gives its bytes. Raises
    `DumpError`."""
    size = 0
    while piece := stream.read(1 << 18):
        size += len(piece)
    return size


def read_all(stream: Readable, most: int) -> bytes:
    """The whole stream, or a little more than `most` bytes of it where it is longer. Raises `DumpError`."""
    pieces: list[bytes] = []
    size = 0
    while size <= most and (piece := stream.read(1 << 16)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def read_sound(stream: Readable, most: int) -> bytes:
    """As `read_all`; of a stream that fails, what came before. It fails again when it is read on."""
    pieces: list[bytes] = []
    size = 0
    try:
        while size <= most and (piece := stream.read(1 << 16)):
            pieces.append(piece)
            size += len(piece)
    except DumpError:
        pass
    return b"".join(pieces)


class Transcoded:
    """A stream in another encoding as UTF-8.

    What is no character passes through as bytes that are not UTF-8, so that it costs its own record and
    not the stream.
    """

    def __init__(self, stream: Readable, encoding: str, mark: int, dump: str) -> None:
        self._stream = stream
        errors = "surrogatepass" if encoding.startswith("utf-") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._skip = mark
        self._dump = dump
        self._pending = b""
        self._ended = False
        self._failure: DumpError | None = None

    def read(self, size: int, /) -> bytes:
        if self._failure is not None:
            raise self._failure
        while not self._pending and not self._ended:
            data = self._stream.read(max(size, 1 << 16))
            self._ended = not data
            if self._skip:
                data, self._skip = data[self._skip :], max(0, self._skip - len(data))
            try:
                text = self._decoder.decode(data, self._ended)
            except UnicodeDecodeError as error:
                if not self._ended:
                    self._failure = DumpError(
                        self._dump, f"is not {error.encoding} throughout ({error.reason}); repair it"
                    )
                    raise self._failure from None
                self._pending = b"\xff"  # half a character at the end: a byte that no record survives
                break
            self._pending = text.encode("utf-8", "surrogatepass")
        data, self._pending = self._pending[:size], self._pending[size:]
        return data


def as_utf8(stream: Readable, dump: str) -> tuple[Readable, bytes]:
    """The stream in UTF-8, as far as may be, and a sample of its head.

    UTF-16 and UTF-32 are transcoded, which moves byte offsets; anything else passes through, its byte
    order mark included, to be decoded line by line.
    """
    head, stream = peeked(stream, SAMPLE_BYTES)
    wide = wide_encoding(head)
    if wide is None:
        return stream, head
    sample, stream = peeked(Transcoded(stream, *wide, dump), SAMPLE_BYTES)
    return stream, sample


def wholly_utf8(stream: Readable, dump: str, declared: str | None) -> tuple[Readable, tuple[str, ...]]:
    """The stream in UTF-8 for formats that are not cut at line ends first; and what a text in it that is
    still not UTF-8 may be read as.

    A stream that is in another encoding as a whole is transcoded, for in some of them a byte of a
    character may look like a bracket.
    """
    stream, sample = as_utf8(stream, dump)
    encoding = whole_encoding(sample, declared)
    if encoding is not None:
        return Transcoded(stream, encoding, 0, dump), ()
    return stream, line_encodings(sample, declared)


class LineFeeds:
    """A stream whose lines end in CR alone, with LF in its place."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size).replace(b"\r", b"\n")
