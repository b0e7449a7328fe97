"""Quarantined records, read once more: by themselves where their bytes are enough, else from their dump."""

from collections.abc import Iterator
from pathlib import Path

from etl.errors import DumpError
from etl.extract.find import find_dumps
from etl.extract.opening import digest, fetched
from etl.extract.reread import Kept, Place, read_again, read_alone
from etl.extract.types import Dump, Reading
from etl.load.quarantine import Entry
from etl.model import RawRecord, Rejection
from etl.pipeline.listing import Listing
from etl.sources import Source

Again = RawRecord | Rejection | str
"""A record read once more, or why it cannot be read; the text goes on after `it`."""


class Rereader:
    """Reads the records of one source's entries."""

    def __init__(self, source: Source, reading: Reading, root: Path) -> None:
        """`root` is the folder that the source's relative paths start from."""
        self._source = source
        self._reading = reading
        self._root = root
        self._dumps: dict[str, Dump] | None = None

    def read(self, entries: list[Entry], dump: str, sha256: str) -> list[Again]:
        """The records of some entries, all of the same dump content, in their places."""
        kept = [Kept(dump, entry.raw, entry.record, entry.member, entry.offset) for entry in entries]
        found: dict[int, Again] = {}
        for n, (entry, own) in enumerate(zip(entries, kept, strict=True)):
            alone = None if entry.truncated else read_alone(own, self._reading)
            if alone is not None:
                found[n] = alone
        due = [n for n in range(len(entries)) if n not in found]
        if due:
            found.update(self._from_dump(kept, due, dump, sha256))
        return [found[n] for n in range(len(entries))]

    def _from_dump(
        self, kept: list[Kept], due: list[int], name: str, sha256: str
    ) -> Iterator[tuple[int, Again]]:
        wanted: dict[Place, list[bytes]] = {}
        for n in due:
            wanted.setdefault(kept[n].place, []).append(kept[n].raw)
        left = list(due)
        why = "no longer has these records where they were; load it again"
        try:
            with fetched(self._dump(name)) as dump:
                _require(dump, sha256)
                for place, record in read_again(dump, self._reading, wanted):
                    for n in left:
                        if kept[n].place == place and record.raw.startswith(kept[n].raw):
                            yield n, record
                            left.remove(n)
                            break
        except DumpError as error:
            why = error.message
        for n in left:
            yield n, why

    def _dump(self, name: str) -> Dump:
        """Where a dump of that name lies: among those of the source, else where the name itself leads."""
        if self._dumps is None:
            found = Listing(find_dumps(self._source.paths, root=self._root))
            self._dumps = {dump.uri: dump for dump in found.dumps}
        if name in self._dumps:
            return self._dumps[name]
        beside = self._root / name
        return Dump(name, str(beside) if "://" not in name and beside.is_file() else name)


def _require(dump: Dump, sha256: str) -> None:
    if digest(dump) != sha256:
        raise DumpError(dump.uri, "is no longer what it was; load it again, or discard them")
