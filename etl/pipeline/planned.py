"""The chunks of a run as they are asked for, and how much of it is left."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

from etl.extract.types import Dump, Skipped
from etl.pipeline.indexing import LAST
from etl.pipeline.job import Chunk, ChunkReport
from etl.pipeline.plan import Planner
from etl.sources import Source

Work = Iterable[tuple[Source, Iterable[Dump | Skipped]]]
"""What was found of each source."""
_Item = TypeVar("_Item")


class Planned:
    """The chunks of a run, and the reports of what the planner settled by itself on the way."""

    def __init__(self, work: Work, planner: Planner) -> None:
        self.done = False
        """Whether every chunk was asked for."""
        self._work = work
        self._planner = planner
        self._settled: list[ChunkReport] = []
        self._size = 0
        self._found_all = False
        self.left = 0
        """Bytes of the dumps that were found, less those that are reported."""
        self.sources: dict[str, Source] = {}
        self.days: dict[str, set[date]] = {}
        """The days that each source's dumps were made for."""

    def chunks(self) -> Iterator[Chunk]:
        """The chunks, in the order of the work."""
        for (source, found), last in _with_last(self._work):
            self.sources[source.name] = source
            seen = self._seen(found, self.days.setdefault(source.name, set()), last=last)
            for planned in self._planner.plan(source, seen):
                if isinstance(planned, Chunk):
                    yield planned
                else:
                    self._settled.append(planned)
        self.done = True

    @property
    def nearly_done(self) -> bool:
        """Whether little is left of the run."""
        return self._found_all and self.left <= LAST * self._size

    def _seen(
        self, found: Iterable[Dump | Skipped], days: set[date], *, last: bool
    ) -> Iterator[Dump | Skipped]:
        for each, last_of_source in _with_last(found):
            if isinstance(each, Dump):
                self._size += each.size or 0
                self.left += each.size or 0
                if each.declared is not None:
                    days.add(each.declared)
            self._found_all = last and last_of_source
            yield each

    def settle(self, enter: Callable[[ChunkReport], object]) -> None:
        """Enter what needed no worker so far."""
        while self._settled:
            enter(self._settled.pop(0))


def _with_last(items: Iterable[_Item]) -> Iterator[tuple[_Item, bool]]:
    """Each item, and whether it is the last one. What `items` raises comes after the items before it."""
    iterator = iter(items)
    failure: Exception | None = None
    held = list(islice(iterator, 1))
    while held:
        try:
            following = list(islice(iterator, 1))
        except Exception as error:
            failure, following = error, []
        yield held[0], not following
        held = following
    if failure is not None:
        raise failure
