"""What the rooms of extraction hand to each other."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from etl.model import RawRecord, Rejection
from etl.settings import Limits


class Dump(msgspec.Struct, frozen=True):
    """One file of raw articles that was found. Picklable: it travels to worker processes."""

    uri: str
    """What people call it, and what is stored: the path as found, or the URL without credentials.
    A file name that is not UTF-8 is escaped with backslashes."""
    location: str
    """What is opened: a path (surrogate-escaped) or an fsspec URL."""
    size: int | None = None
    declared: date | None = None
    """The day it was made for, from a dated path."""

    @property
    def local(self) -> bool:
        """Whether it is a file on this machine."""
        return "://" not in self.location


class Reading(msgspec.Struct, frozen=True):
    """The part of a source's policy that readers need."""

    format: str | None
    encoding: str | None
    records: str | None
    delimiter: str | None
    limits: Limits
    record: str | None = None
    """Tag of the element that is a record, in XML and SGML."""


class Skipped(msgspec.Struct, frozen=True):
    """Something that was found and deliberately not read, such as a link or a device."""

    uri: str
    reason: str


class Readable(Protocol):
    """A stream of bytes that is read from its start to its end, once."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes (`size` > 0), maybe fewer; none only at the end.

        Raises `DumpError`, and then at every later call too.
        """
        ...


class Member(NamedTuple):
    """A stream of decompressed bytes: a plain dump itself, or one member of an archive."""

    dump: str
    name: str | None
    """Name inside the archive, escaped where it is not UTF-8; None for a plain dump."""
    file_name: str
    """The name whose ending tells the format, compression endings removed (`a.jsonl` of `a.jsonl.gz`)."""
    stream: Readable


class LineBlock(NamedTuple):
    """Whole lines of a line format, in the order of the stream."""

    number: int
    """0-based ordinal in the stream."""
    offset: int
    """Byte offset of the first line in the decompressed stream."""
    first_record: int
    """1-based number of the first line."""
    data: bytes
    """The lines with their LF; the last one of a stream may lack it. Of one over-long line, its head."""
    length: int
    """Bytes that the block stands for: those of `data`, or more where `data` is the head of a line that
    is longer than both the block and the cap on a line."""

    cut_short: bool = False
    """Whether the stream failed within it, so that lines are missing at its end."""

    @property
    def over_long(self) -> bool:
        """Whether it is a single line of which only the head is held."""
        return self.length > len(self.data)


LineFilter = Callable[[bytes, bytes, int, int], bool]
"""Asked of each line, before it is parsed, whether it is wanted: its digest, the line without its LF, its
number, its offset."""


class LineReader(Protocol):
    """Reads a block of lines, or only those of its lines that are wanted."""

    def __call__(
        self, block: LineBlock, wanted: LineFilter | None = None, /
    ) -> Iterator[RawRecord | Rejection]: ...


class Batch(NamedTuple):
    """Some records of a dump, in its order. Its number and its records come from the dump alone, so that
    a load that was interrupted finds the same batches again."""

    number: int
    """0-based ordinal in the dump."""
    records: Iterable[RawRecord | Rejection]
    """To be iterated once."""
    skipped: tuple[Skipped, ...] = ()
    """What was found and not read on the way to these records."""
    cut_short: bool = False
    """Whether the dump failed within it: not to be taken for finished when the load is tried again."""
    block: LineBlock | None = None
    """Of a line format: the lines that `records` reads."""
    read: LineReader | None = None
    """Of a line format: what reads the block, should not all of its lines be wanted."""


class Reader(Protocol):
    """A dump format: bytes of one member in, records out.

    Raises `DumpError` where the member cannot be read any further; what was yielded before stays.
    """

    def __call__(self, member: Member, reading: Reading, /) -> Iterator[RawRecord | Rejection]: ...
