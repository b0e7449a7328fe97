"""What lies at the paths: how many dumps, by ending, and an even choice of them to look into."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from etl.errors import DumpError
from etl.extract.find import find_dumps
from etl.extract.names import COMPRESSION_ENDINGS, ending, file_name, without_compression
from etl.extract.readers import unreadable
from etl.extract.types import Dump, Skipped

_MOST_CHOSEN = 600
"""Dumps of one ending that are looked into."""
_MOST_SAID = 20


class Survey(msgspec.Struct):
    """The dumps at some paths. Bounded, however many there are."""

    chosen: list[Dump]
    """To be looked into, in this order: endings take turns, and each ending's are spread evenly."""
    dumps: int
    size: int
    """Bytes on disk."""
    endings: Counter[str]
    """Dumps by ending, compression endings included, such as `.jsonl.gz`."""
    passed_over: list[str]
    """What is no file to read, and why; the first of them."""
    failures: list[DumpError]
    """Paths that lead nowhere, or may not be read."""


def survey(paths: Iterable[str]) -> Survey:
    """Find what lies at the paths, whatever its ending."""
    chosen: dict[str, _Thinned] = {}
    found = Survey([], 0, 0, Counter(), [], [])
    for path in paths:
        try:
            for item in find_dumps([path], any_ending=True):
                if isinstance(item, Skipped):
                    if len(found.passed_over) < _MOST_SAID:
                        found.passed_over.append(f"{item.uri}: {item.reason}")
                    continue
                kind = whole_ending(file_name(item.location))
                found.dumps += 1
                found.size += item.size or 0
                found.endings[kind] += 1
                chosen.setdefault(kind, _Thinned()).add(item)
        except DumpError as error:
            found.failures.append(error)
    # Endings that a load would take come first: what else lies about must not eat up the time.
    order = sorted(
        chosen.values(), key=lambda kept: unreadable(file_name(kept.dumps[0].location)) is not None
    )
    turns = max((len(kept.dumps) for kept in order), default=0)
    spread = [list(kept.spread()) for kept in order]
    found.chosen = [dumps[turn] for turn in range(turns) for dumps in spread if turn < len(dumps)]
    return found


def whole_ending(name: str) -> str:
    """The ending of a file name, with that of its compression: `.jsonl.gz`."""
    bare = without_compression(name)
    last = ending(bare)
    packed = ending(name)
    return f"{last}{packed}" if packed in COMPRESSION_ENDINGS and packed != last else last


class _Thinned:
    """Every n-th of the dumps that were added, with n as large as it takes."""

    def __init__(self) -> None:
        self.dumps: list[Dump] = []
        self._every = 1
        self._seen = 0

    def add(self, dump: Dump) -> None:
        if self._seen % self._every == 0:
            self.dumps.append(dump)
            if len(self.dumps) > _MOST_CHOSEN:
                self.dumps = self.dumps[::2]
                self._every *= 2
        self._seen += 1

    def spread(self) -> Iterable[Dump]:
        """All of them, so that whenever one stops, those seen are spread over the whole."""
        n = len(self.dumps)
        bits = max(1, (n - 1).bit_length())
        for i in range(1 << bits):
            place = int(f"{i:0{bits}b}"[::-1], 2)  # 0, 1/2, 1/4, 3/4, …
            if place < n:
                yield self.dumps[place]
