"""Facts by the thousand, sorted out into parts on disk, so that memory holds one part at a time."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

Fact = TypeVar("Fact")

_BUFFER = 16 << 10
"""Bytes of a part that wait in memory to be written."""
_encode = msgspec.msgpack.Encoder().encode


class Spool(Generic[Fact]):
    """Facts about texts (keys, ids), in parts by the ranges that the texts lie in.

    Args:
        folder: An empty folder, for one file a part.
        kind: What a fact is: a tuple that msgpack can hold.
        cuts: The first text of each part, ascending; that of the first part is empty.
        chosen: The parts that are wanted; facts of others are dropped. None for all.
    """

    def __init__(
        self, folder: Path, kind: type[Fact], cuts: Sequence[str], chosen: Collection[int] | None = None
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self._decoder: msgspec.msgpack.Decoder[list[Fact]] = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
        self._cuts = cuts
        self._chosen = range(len(cuts)) if chosen is None else chosen
        self._waiting: dict[int, tuple[int, bytearray]] = {}

    def parts(self) -> Iterator[int]:
        """The numbers of the parts that are wanted, ascending."""
        return iter(sorted(self._chosen))

    def bounds(self, part: int) -> tuple[str, str | None]:
        """The range of a part's texts: from the first (included) to the last (excluded; None for the end)."""
        return self._cuts[part], self._cuts[part + 1] if part + 1 < len(self._cuts) else None

    def put(self, about: str, fact: Fact) -> None:
        """Keep a fact."""
        part = bisect_right(self._cuts, about) - 1
        if part not in self._chosen:
            return
        number, waiting = self._waiting.get(part, (0, bytearray()))
        waiting += _encode(fact)
        self._waiting[part] = (number + 1, waiting)
        if len(waiting) >= _BUFFER:
            self._write(part)

    def take(self, part: int) -> Iterator[Fact]:
        """All facts of a part, in the order in which they came; once."""
        self._write(part)
        path = self._folder / str(part)
        if not path.exists():
            return
        with path.open("rb") as file:
            while size := file.read(4):
                yield from self._decoder.decode(file.read(int.from_bytes(size, "big")))
        path.unlink()

    def _write(self, part: int) -> None:
        number, waiting = self._waiting.pop(part, (0, bytearray()))
        if number:
            body = b"\xdd" + number.to_bytes(4, "big") + waiting  # msgpack's array of so many
            with (self._folder / str(part)).open("ab") as file:
                file.write(len(body).to_bytes(4, "big") + body)
