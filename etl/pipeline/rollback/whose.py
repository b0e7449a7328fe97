"""What is a run's alone, and what others have a part in."""

from collections.abc import Iterator, Sequence

import msgspec
import xxhash

from etl.extract.lines import digests_in
from etl.load import undo
from etl.load.journal import Journal, Page, Part
from etl.load.store import Document, Store

_LOADS = 500


class Whose:
    """A run's part of the journal and of the ledger, and what other runs have beside it.

    Args:
        store: The store.
        run: The run that is taken back.
        dry_run: Whether everything must be worked out without the changes that are made first.
    """

    def __init__(self, store: Store, run: str, *, dry_run: bool) -> None:
        self.run = run
        self._store = store
        self._dry_run = dry_run
        self._journal = Journal(store)
        loads = undo.loads_with(store, run)
        self.own = [load for load in loads if load["run"] == run]
        """Loads that the run worked on last."""
        self.handed = {load["_id"]: load for load in loads if load["run"] != run}
        """Loads that another run went on with, by id."""

    def own_parts(self) -> Iterator[Part]:
        """What the run's records gave."""
        for page in self._journal.pages({"run": self.run}):
            for part in page.parts:
                if part.load not in self.handed:
                    yield part

    def others(self) -> Iterator[tuple[str, Part]]:
        """What those of other runs gave, and whose they are."""
        for page in self._journal.pages():
            for part in page.parts:
                if page.run != self.run:
                    yield page.run, part
                elif part.load in self.handed:
                    yield self.handed[part.load]["run"], part
        if self._dry_run:
            for heir, page in self._inherited(list(self._heirs())):
                yield heir.run, page.parts[0]

    def hand_over(self) -> None:
        """Dumps that another run went on with are that run's."""
        if self._dry_run:
            return
        for page in self._journal.pages({"run": self.run}):
            theirs: dict[str, list[Part]] = {}
            for part in page.parts:
                if part.load in self.handed:
                    theirs.setdefault(self.handed[part.load]["run"], []).append(part)
            if not theirs:
                continue
            for other, parts in theirs.items():
                self._journal.write(_changed(page, id=f"{other}/of/{page.id}", run=other, parts=parts))
            left = [part for part in page.parts if part.load not in self.handed]
            if left:
                self._journal.write(_changed(page, parts=left))
            else:
                self._journal.drop([page.id])
        for load in self.handed.values():
            undo.hand_over(self._store, load, self.run)

    def give_to_heirs(self) -> None:
        """Later versions of a dump, whose unchanged lines were not parsed, get them as their own."""
        if self._dry_run:
            return
        heirs = list(self._heirs())
        for heir, own in self._inherited(heirs):
            name = f"{heir.id}+{xxhash.xxh3_64_hexdigest(own.id.encode('utf-8', 'backslashreplace'))}"
            self._journal.write(_changed(own, id=name, run=heir.run))
        for heir in heirs:
            self._journal.write(_changed(heir, of=None))

    def _heirs(self) -> Iterator[Page]:
        loads = [load["_id"] for load in self.own]
        for first in range(0, len(loads), _LOADS):
            query: Document = {"of": {"$in": loads[first : first + _LOADS]}, "run": {"$ne": self.run}}
            yield from self._journal.pages(query)

    def _inherited(self, heirs: Sequence[Page]) -> Iterator[tuple[Page, Page]]:
        """For each heir and each page of what it inherits from: the page that is its own from now on."""
        for heir in heirs:
            lines = set(digests_in(heir.lines))
            for page in self._journal.pages({"loads": heir.of}):
                whole = heir.kept is not None and heir.kept in (page.digest, page.kept)
                versions = [
                    version
                    for part in page.parts
                    if part.load == heir.of
                    for version in part.versions
                    if whole or version.line in lines
                ]
                left = page.lines if whole else b"".join(x for x in digests_in(page.lines) if x in lines)
                mine = msgspec.structs.replace(heir.parts[0], versions=versions, refused=[])
                if versions or left or (whole and page.of):
                    yield (
                        heir,
                        Page(
                            id=page.id,
                            run=heir.run,
                            parts=[mine],
                            block=heir.block,
                            digest=page.digest if whole else None,
                            of=page.of,
                            lines=left,
                            kept=heir.kept or b"-",
                        ),
                    )


def _changed(page: Page, **fields: object) -> Page:
    return msgspec.structs.replace(page, **fields)
