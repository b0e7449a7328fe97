"""Read single records once more: from their own bytes where those are enough, else from their dump."""

from collections.abc import Iterator, Mapping
from io import BytesIO

import msgspec

from etl.errors import DumpError
from etl.extract.dump import read_dump
from etl.extract.names import file_name, without_compression
from etl.extract.readers import READERS, format_of
from etl.extract.types import Dump, Member, Reading, Skipped
from etl.model import RawRecord, Rejection

Place = tuple[str | None, int]
"""Member and record."""


class Kept(msgspec.Struct, frozen=True):
    """A record's own bytes, and where in its dump it stood."""

    dump: str
    raw: bytes
    record: int
    member: str | None
    offset: int | None

    @property
    def place(self) -> Place:
        """Where in its dump it stood."""
        return self.member, self.record


def read_alone(kept: Kept, reading: Reading) -> RawRecord | Rejection | None:
    """The record that its bytes give to the reader of its dump's format.

    Returns:
        The record at its old place, or what is still wrong with it. None where its bytes are not enough,
        as those of a table's row without the header, or where they may have been decoded in the light of
        their neighbours.
    """
    name = without_compression(file_name((kept.member or kept.dump).rpartition("!")[2]))
    form = reading.format or format_of(name)
    if form is None or (form != "text" and not _is_utf8(kept.raw)):
        return None
    member = Member(kept.dump, kept.member, name, BytesIO(kept.raw))
    try:
        # The path to the list of records is no longer around it.
        found = list(READERS[form](member, msgspec.structs.replace(reading, records=None)))
    except DumpError:
        return None
    if len(found) != 1 or found[0].raw != kept.raw:
        return None
    return msgspec.structs.replace(found[0], record=kept.record, offset=kept.offset)


def read_again(
    dump: Dump, reading: Reading, wanted: Mapping[Place, list[bytes]]
) -> Iterator[tuple[Place, RawRecord | Rejection]]:
    """The records at some places of a dump; it is read only as far as they lie.

    Args:
        dump: With the very content that the places are of.
        reading: How to read it.
        wanted: At each place, the first bytes of the records there: a line may hold several.

    Raises:
        DumpError: it cannot be read (any further).
    """
    left = sum(map(len, wanted.values()))
    for record in read_dump(dump, reading):
        if isinstance(record, Skipped):
            continue
        place = (record.member, record.record)
        if any(record.raw.startswith(raw) for raw in wanted.get(place, ())):
            yield place, record
            left -= 1
            if left <= 0:
                return


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
