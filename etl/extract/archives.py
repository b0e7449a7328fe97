"""From the bytes of a dump to its members: compressions peeled off, archives walked, in any nesting."""

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple, cast

from etl.errors import DumpError
from etl.extract.compression import Budget, Expanded, compression_of
from etl.extract.names import ending, is_leftover, printable, without_compression
from etl.extract.readers import kind_of, unreadable
from etl.extract.salvage import Again
from etl.extract.streams import passed_over, peeked
from etl.extract.tar_members import Tar, TarMember
from etl.extract.types import Member, Readable, Skipped
from etl.extract.zip_members import ZipMember, zip_members
from etl.settings import Limits

_HEAD = 512
_MOST_LAYERS = 3
"""Compressions around one another, as in `a.gz.gz`."""
_SPOOL_IN_MEMORY = 8 << 20

_HIDDEN_FOLDER = re.compile(r"(?:^|/)(?:__MACOSX|\.[^./][^/]*)/")

Entry = Member | Skipped | DumpError


class Walk(NamedTuple):
    """What holds for a whole dump while its members are looked for."""

    budget: Budget
    limits: Limits
    any_ending: bool
    """Whether members are taken whatever their names end in: their format is stated."""

    @property
    def dump(self) -> str:
        """How the dump is called."""
        return self.budget.dump


def is_archive_name(file_name: str) -> bool:
    """Whether the name's ending is that of an archive, compressed or not."""
    return kind_of(file_name).archive is not None


def members(
    stream: Readable, file_name: str, walk: Walk, *, name: str | None = None, depth: int = 0
) -> Iterator[Entry]:
    """What a stream holds: itself, or the members of the archive that it is.

    An entry that cannot be read comes as an error among its neighbours; each member must be read before
    the next is asked for.

    Args:
        file_name: last part of the stream's name.
        name: name inside the archive that the stream comes from, if any.
        depth: how many archives are around it.

    Raises:
        DumpError: the stream cannot be walked any further.
    """
    head, rest = peeked(stream, _HEAD)
    layers = 0
    while compression := compression_of(head):
        layers += 1
        if layers > _MOST_LAYERS:
            raise DumpError(walk.dump, f"is compressed more than {_MOST_LAYERS} times over; unpack it first")
        again = _rewinder(stream) if layers == 1 else None
        head, rest = peeked(Expanded(rest, compression, walk.budget, again), _HEAD)
    said = kind_of(file_name)
    inner_name = file_name
    if said.compression:
        if not layers and head:
            raise DumpError(
                walk.dump, f"is named {ending(file_name)} but holds no {said.compression} data; rename it"
            )
        inner_name = without_compression(file_name)
    kind = archive_kind(head) or said.archive
    if kind is None:
        yield Member(walk.dump, name, inner_name, rest)
        return
    if depth > walk.limits.nested_archives:
        raise DumpError(
            walk.dump,
            f"nests archives more than {walk.limits.nested_archives} deep "
            "(`limits.nested_archives` in config/settings.toml)",
        )
    if kind == "tar":
        yield from _tar(rest, walk, name, depth)
        if layers:
            passed_over(rest)  # for the checksum behind the archive's end mark to have its say
    elif not layers and hasattr(stream, "seek"):
        yield from _zip(cast(BinaryIO, stream), walk, name, depth)
    else:
        with SpooledTemporaryFile(_SPOOL_IN_MEMORY) as copy:
            while piece := rest.read(1 << 20):
                copy.write(piece)
            yield from _zip(cast(BinaryIO, copy), walk, name, depth)


def _rewinder(stream: Readable) -> Again | None:
    """What gives a file from its start, once more; None for what is no file."""
    if not hasattr(stream, "seek"):
        return None
    file = cast(BinaryIO, stream)

    def again() -> Readable:
        file.seek(0)
        return file

    return again


def archive_kind(head: bytes) -> str | None:
    """`zip` or `tar`, by the first 512 bytes; None for anything else."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else None


def _tar(stream: Readable, walk: Walk, outer: str | None, depth: int) -> Iterator[Entry]:
    for count, member in enumerate(Tar(stream, walk.dump), 1):
        if count > walk.limits.members:
            raise DumpError(
                walk.dump,
                f"holds more than {walk.limits.members:,} members (`limits.members` in config/settings.toml)",
            )
        yield from _entry(member, walk, outer, depth)


def _zip(file: BinaryIO, walk: Walk, outer: str | None, depth: int) -> Iterator[Entry]:
    for member in zip_members(file, walk.limits, walk.budget):
        if isinstance(member, DumpError):
            yield member
        else:
            yield from _entry(member, walk, outer, depth)


def _entry(member: TarMember | ZipMember, walk: Walk, outer: str | None, depth: int) -> Iterator[Entry]:
    shown = printable(member.name if outer is None else f"{outer}!{member.name}")
    if member.kind is not None:
        yield Skipped(f"{walk.dump}!{shown}", f"is {member.kind}")
        return
    file_name = member.name.rpartition("/")[2]
    if is_leftover(file_name) or _HIDDEN_FOLDER.search(member.name):
        return
    if not walk.any_ending and (why := unreadable(file_name)):
        yield Skipped(f"{walk.dump}!{shown}", why)
        return
    try:
        yield from members(member.stream, file_name, walk, name=shown, depth=depth + 1)
    except DumpError as error:
        yield DumpError(error.dump, f"member {shown}: {error.message}")
