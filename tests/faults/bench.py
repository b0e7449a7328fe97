"""A store, the dumps that are loaded into it, and what must come of them."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from etl.load.store import Store
from tests.faults import loader
from tests.faults.oracle import Truth, assert_holds, truth


class Bench:
    """A store of its own, and the loader that is killed over it."""

    def __init__(self, store: Store, home: Path, uri: str, paths: list[Path], rng: random.Random) -> None:
        self.store = store
        self.truth: Truth = truth(paths)
        self._home, self._uri, self._paths, self._rng = home, uri, paths, rng

    def start(self, paths: list[Path] | None = None, config: Path | None = None) -> loader.Process:
        """Start to load the dumps, or some of them."""
        return loader.start(paths or self._paths, self._home, self._uri, self.store.database.name, config)

    def marks(self, number: int) -> list[int]:
        """How many articles the store shall hold at each kill, ascending, at random."""
        total = len(self.truth.articles)
        return sorted(self._rng.randrange(total * 8 // 10) for _ in range(number))

    def reach(self, process: loader.Process, mark: int) -> bool:
        """Wait until the store holds so many articles, and a moment more; False where the load has ended."""
        while process.poll() is None:
            if self.store.articles.estimated_document_count() > mark:
                time.sleep(self._rng.random() * 0.1)
                return process.poll() is None
            time.sleep(0.005)
        return False

    def kill_loaders(self, kills: list[Callable[[loader.Process], None]]) -> int:
        """Load, and kill as often as asked for, each time starting again; how often a load was there to be
        killed."""
        killed = 0
        for kill, mark in zip(kills, self.marks(len(kills)), strict=True):
            process = self.start()
            if self.reach(process, mark):
                kill(process)
                killed += 1
            else:
                loader.end(process)
        return killed

    def to_the_end(self) -> None:
        """Load what is left; then nothing is left, and all is as it must be."""
        assert not loader.end(self.start())["failures"]
        assert_holds(self.store, self.truth)

    def empty(self) -> None:
        """Begin from nothing."""
        for name in self.store.database.list_collection_names():
            self.store.database[name].delete_many({})

    def again(self) -> None:
        """A further load finds nothing to do."""
        report = loader.end(self.start())
        assert report["dumps"] == {"loaded": 0, "skipped": len(self.truth.read), "failed": 0}
        assert report["read"] == 0
