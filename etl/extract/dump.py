"""A dump from end to end: opened, decompressed, its archive walked, its members read."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from etl.errors import DumpError
from etl.extract.archives import Walk, archive_kind, is_archive_name, members
from etl.extract.compression import Budget, compression_of
from etl.extract.decoding import SAMPLE_BYTES, line_encodings, wide_encoding
from etl.extract.jsonl import json_lines
from etl.extract.lines import BLOCK_BYTES, Place, block_at, line_blocks
from etl.extract.names import file_name, stated_compression
from etl.extract.opening import open_file
from etl.extract.readers import READERS, format_of, kind_of
from etl.extract.streams import as_utf8, peeked
from etl.extract.text import read_page
from etl.extract.types import Batch, Dump, Member, Reading, Skipped
from etl.model import RawRecord, Rejection

SMALL_BYTES = 1 << 20
"""A local dump of at most this size is read whole."""
_BATCH_RECORDS = 5000

Found = RawRecord | Rejection | Skipped


def is_small(dump: Dump, reading: Reading) -> bool:
    """Whether the dump is best read whole, together with others like it."""
    return dump.local and dump.size is not None and dump.size <= SMALL_BYTES


def is_plain_lines(dump: Dump, reading: Reading) -> bool:
    """Whether the dump is a local, uncompressed line format whose parts can be read by their place.

    Looks at the name first, then at the head of the file. Raises `DumpError`.
    """
    if not dump.local or not _is_lines(dump, reading):
        return False
    with open_file(dump) as file:
        head = file.read(4096)
    return compression_of(head) is None and archive_kind(head) is None and wide_encoding(head) is None


def is_compressed_lines(dump: Dump, reading: Reading) -> bool:
    """Whether the dump is a line format under a compression, judged by its name."""
    name = file_name(dump.location)
    return stated_compression(name) is not None and _is_lines(dump, reading)


def is_quickly_read(dump: Dump, reading: Reading) -> bool:
    """Whether to read a local dump is little of what it takes to load it, judged by its first member.

    Then several processes may each read all of it and load a part. False where it cannot be read, too: who
    loads it says why.
    """
    if not dump.local:
        return False
    try:
        with _opened(dump, None) as (file, size):
            walk = Walk(Budget(dump.uri, size, reading.limits), reading.limits, reading.format is not None)
            for entry in islice(members(file, file_name(dump.location), walk), _LOOKED_AT):
                if isinstance(entry, Member):
                    return (reading.format or format_of(entry.file_name)) in _QUICKLY_READ
    except DumpError:
        pass
    return False


_LOOKED_AT = 100
"""Entries of an archive, for one of them may be a member that is read."""
_QUICKLY_READ = frozenset(("text", "jsonl", "json", "csv", "tsv", "xml", "sgml", "parquet"))


def _is_lines(dump: Dump, reading: Reading) -> bool:
    name = file_name(dump.location)
    return (reading.format or format_of(name)) == "jsonl" and not is_archive_name(name)


def read_dump(dump: Dump, reading: Reading, *, data: bytes | None = None) -> Iterator[Found]:
    """All records of a dump, and what was found in it and not read.

    A member of an archive that cannot be read does not keep its neighbours from being read.

    Args:
        data: the dump's bytes, where they have been read already.

    Raises:
        DumpError: the dump could not be read, or not whole; what was given before is sound.
    """
    if data is not None and len(data) <= reading.limits.record_bytes and _is_bare_page(dump, reading, data):
        page = read_page(data, reading)
        if page is not None:
            yield page
        return
    failures: list[DumpError] = []
    with _opened(dump, data) as (file, size):
        walk = Walk(Budget(dump.uri, size, reading.limits), reading.limits, reading.format is not None)
        try:
            for entry in members(file, file_name(dump.location), walk):
                if isinstance(entry, DumpError):
                    failures.append(entry)
                elif isinstance(entry, Skipped):
                    yield entry
                else:
                    try:
                        yield from _read_member(entry, reading)
                    except DumpError as error:
                        failures.append(_named(error, entry))
        except DumpError as error:
            failures.append(error)
    if failures:
        more = f" (and {len(failures) - 1} more failures)" if len(failures) > 1 else ""
        raise DumpError(dump.uri, failures[0].message + more)


def _is_bare_page(dump: Dump, reading: Reading, data: bytes) -> bool:
    """Whether it is a text page as such: by far the most frequent dump, for which the rest is a detour."""
    kind = kind_of(file_name(dump.location))
    return (
        (reading.format or kind.format) == "text"
        and kind.compression is None
        and kind.archive is None
        and compression_of(data) is None
        and archive_kind(data) is None
    )


def _read_member(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    name = reading.format or format_of(member.file_name)
    if name is None:
        raise DumpError(
            member.dump,
            f"the ending of {member.file_name!r} is that of no format; "
            f"state `format` as one of {', '.join(READERS)} (on the command line: --format)",
        )
    yield from READERS[name](member, reading)


def _named(error: DumpError, member: Member) -> DumpError:
    if member.name is None:
        return error
    return DumpError(error.dump, f"member {member.name}: {error.message}")


@contextmanager
def _opened(dump: Dump, data: bytes | None) -> Iterator[tuple[BinaryIO, int]]:
    if data is not None:
        yield BytesIO(data), len(data)
        return
    with open_file(dump) as file:
        size = file.seek(0, 2)
        file.seek(0)
        yield file, size


def read_batches(
    dump: Dump,
    reading: Reading,
    *,
    places: Sequence[Place] = (),
    stripe: int = 0,
    stripes: int = 1,
    done: Container[int] = frozenset(),
) -> Iterator[Batch]:
    """The records of a dump in batches that are the same whenever they are asked for.

    Args:
        places: of a plain line dump, only the blocks at these places.
        stripe: of a line dump, only every `stripes`-th block, from this one on.
        done: numbers of batches that are not wanted.

    Raises:
        DumpError: as `read_dump`, after the batches that came before.
    """

    def wanted(number: int) -> bool:
        return number % stripes == stripe and number not in done

    if places:
        yield from _placed(dump, reading, [place for place in places if wanted(place.number)])
    elif _is_lines(dump, reading):
        yield from _blocks(dump, reading, wanted)
    else:
        yield from _grouped(read_dump(dump, reading), wanted)


_encodings_of_lines = lru_cache(maxsize=1)(line_encodings)
"""Of one large dump it is asked once a chunk, which takes milliseconds."""


def _placed(dump: Dump, reading: Reading, places: Sequence[Place]) -> Iterator[Batch]:
    most = reading.limits.record_bytes
    with open_file(dump) as file:
        sample, _ = peeked(file, SAMPLE_BYTES)
        read = json_lines(reading, _encodings_of_lines(sample, reading.encoding))

        def batch(place: Place) -> Batch:
            block = block_at(file, place, dump=dump.uri, max_line_bytes=most)
            return Batch(block.number, read(block), block=block, read=read)

        yield from map(batch, places)  # holding no block while whoever takes it is at work


def _blocks(dump: Dump, reading: Reading, wanted: Callable[[int], bool]) -> Iterator[Batch]:
    with _opened(dump, None) as (file, size):
        walk = Walk(Budget(dump.uri, size, reading.limits), reading.limits, any_ending=True)
        entry = next(members(file, file_name(dump.location), walk), None)
        if isinstance(entry, Member) and entry.name is None:
            stream, sample = as_utf8(entry.stream, dump.uri)
            read = json_lines(reading, line_encodings(sample, reading.encoding))
            most = reading.limits.record_bytes
            for block in line_blocks(stream, block_bytes=BLOCK_BYTES, max_line_bytes=most):
                if wanted(block.number):
                    yield Batch(block.number, read(block), cut_short=block.cut_short, block=block, read=read)
            return
    # An archive, whatever its name says.
    yield from _grouped(read_dump(dump, reading), wanted)


def _grouped(found: Iterable[Found], wanted: Callable[[int], bool]) -> Iterator[Batch]:
    number = size = 0
    records: list[RawRecord | Rejection] = []
    skipped: list[Skipped] = []
    failure: DumpError | None = None
    try:
        for item in found:
            if isinstance(item, Skipped):
                skipped.append(item)
                continue
            records.append(item)
            size += len(item.raw)
            if size >= BLOCK_BYTES or len(records) >= _BATCH_RECORDS:
                if wanted(number):
                    yield Batch(number, records, tuple(skipped))
                number += 1
                size, records, skipped = 0, [], []
    except DumpError as error:
        failure = error
    if (records or skipped) and wanted(number):
        yield Batch(number, records, tuple(skipped), failure is not None)
    if failure is not None:
        raise failure
