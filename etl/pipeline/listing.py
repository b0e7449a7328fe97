"""Dumps that were found, as a list that keeps the failure in which the search ended."""

from collections.abc import Iterable, Iterator

from etl.errors import DumpError
from etl.extract.types import Dump, Skipped


class Listing:
    """What was found, in order. Iterating raises the search's `DumpError` last, as the search itself does."""

    def __init__(self, found: Iterable[Dump | Skipped] = ()) -> None:
        self.dumps: list[Dump] = []
        self.skipped: list[Skipped] = []
        """What was passed over."""
        self.failure: DumpError | None = None
        self.extend(found)

    def extend(self, found: Iterable[Dump | Skipped]) -> None:
        """List more of what a search finds; its failure is kept, after one that is there already."""
        try:
            for each in found:
                if isinstance(each, Dump):
                    self.dumps.append(each)
                else:
                    self.skipped.append(each)
        except DumpError as error:
            first = self.failure
            self.failure = DumpError(first.dump, f"{first.message}; {error}") if first else error

    def __iter__(self) -> Iterator[Dump | Skipped]:
        yield from self.dumps
        yield from self.skipped
        if self.failure is not None:
            raise self.failure

    @property
    def size(self) -> int:
        """Bytes of the dumps, as far as they are known."""
        return sum(dump.size or 0 for dump in self.dumps)
