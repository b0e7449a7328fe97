"""What is run in one round. Rounds are repeated one after the other, so that what changes on the machine
in the meantime meets every contender alike; figures are ratios inside a round.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import mongoimport
from benchmarks.corpus import Corpus
from benchmarks.processes import CommandError
from benchmarks.rawlimit import save_documents
from benchmarks.runs import Run, Runner, UnsoundRunError

_PAGES = 10
"""One record in so many also exists as a text page."""

# What each scenario reads beside the corpus itself: of one record in how many.
_FILES: dict[str, tuple[tuple[Callable[[Corpus, int], Path], int], ...]] = {
    "loads": ((Corpus.grown, 1), (Corpus.changed, 1)),
    "changes": ((Corpus.changed, 1),),
    "handwritten": ((Corpus.jsonl, 4),),
    "sizes": ((Corpus.jsonl, 4), (Corpus.jsonl, 2)),
    "gzip": ((Corpus.gzip, 1),),
    "pages": (
        (Corpus.pages, _PAGES),
        (Corpus.pages_jsonl, _PAGES),
        (Corpus.pages_tar, _PAGES),
    ),
}


class Scenarios:
    """The scenarios over a corpus of `records` records. Each gives its runs as they end."""

    def __init__(self, runner: Runner, corpus: Corpus, records: int) -> None:
        self.runner = runner
        self.corpus = corpus
        self.records = records
        self._documents = runner.folder / f"documents-{records}.bson"
        self._documents_count = 0
        self.stored: dict[str, Any] = {}
        """What the articles of the fresh load take on the server, and the dump on disk."""

    def loads(self) -> Iterator[Run]:
        """A fresh load, then on the same collection: again, grown by 1 %, and then a tenth of it changed."""
        n = self.records
        dump = self._current(self.corpus.jsonl(n))
        self.runner.server.empty()
        yield self.runner.product("fresh", n, dump)
        self.stored = {"records": n, "dump_bytes": dump.stat().st_size, **self.runner.server.sizes()}
        if not self._documents.exists():
            self._documents_count = save_documents(self.runner.server.database, "articles", self._documents)
        yield self.runner.product("rerun", n, dump, skipped=1)
        yield self.runner.product("grown", n + max(1, n // 100), self._current(self.corpus.grown(n)))
        yield self.runner.product("grown-changed", n, self._current(self.corpus.changed(n)))

    def changes(self) -> Iterator[Run]:
        """A fresh load, and a tenth of it changed in place."""
        n = self.records
        self.runner.server.empty()
        yield self.runner.product("base", n, self._current(self.corpus.jsonl(n)))
        yield self.runner.product("changed", n, self._current(self.corpus.changed(n)))

    def raw(self) -> Iterator[Run]:
        """The documents of the fresh load, as fast as the server takes them."""
        self.runner.server.empty()
        yield self.runner.module("raw", self._documents_count, "rawlimit", self._documents)

    def handwritten(self) -> Iterator[Run]:
        """A quarter of the corpus through the loader written by hand."""
        n = self.records // 4
        self.runner.server.empty()
        yield self.runner.module("handwritten", n, "handwritten", self.corpus.jsonl(n))

    def mongoimport(self) -> Iterator[Run]:
        """The corpus through mongoimport, where there is one."""
        if mongoimport.available():
            self.runner.server.empty()
            mongoimport.prepare(self.runner.server)
            dump = self.corpus.jsonl(self.records)
            command = mongoimport.command(self.runner.server, dump, self.runner.folder)
            yield self.runner.run("mongoimport", self.records, command)

    def sizes(self) -> Iterator[Run]:
        """A quarter and a half of the corpus, fresh."""
        for name, n in (("quarter", self.records // 4), ("half", self.records // 2)):
            self.runner.server.empty()
            yield self.runner.product(name, n, self.corpus.jsonl(n))

    def gzip(self) -> Iterator[Run]:
        """The corpus under gzip, fresh."""
        self.runner.server.empty()
        yield self.runner.product("gzip", self.records, self.corpus.gzip(self.records))

    def pages(self) -> Iterator[Run]:
        """Text pages, the same as lines of one file, and the same in a tar archive."""
        n = self.records // _PAGES
        for name, dump in (
            ("pages-jsonl", self.corpus.pages_jsonl(n)),
            ("pages", self.corpus.pages(n)),
            ("pages-tar", self.corpus.pages_tar(n)),
        ):
            self.runner.server.empty()
            yield self.runner.product(name, n, dump)

    def transform(self) -> Iterator[Run]:
        """Reading, normalizing and encoding alone, in one process and in two."""
        dump = self.corpus.jsonl(self.records)
        for processes in (1, 2):
            name = f"transform-{processes}"
            yield self.runner.module(name, self.records, "transform_only", dump, str(processes))

    NAMES = ("loads", "raw", "changes", "handwritten", "mongoimport", "sizes", "gzip", "pages", "transform")
    """Every scenario, in the order of a round: methods of this class."""

    def round(self, names: set[str]) -> Iterator[Run | Exception]:
        """The scenarios of these names, once each; in place of a run that went wrong, what was wrong."""
        for name in self.NAMES:
            if name in names:
                try:
                    yield from getattr(self, name)()
                except (CommandError, UnsoundRunError) as error:
                    yield error

    @staticmethod
    def prepare(corpus: Corpus, records: int, names: set[str]) -> None:
        """Make the files that these scenarios need, before anything is timed."""
        corpus.jsonl(records)
        for name in sorted(names):
            for make, n in _FILES.get(name, ()):
                make(corpus, records // n)

    def _current(self, dump: Path) -> Path:
        """The dump under a name that stays, as that of a file which grows or is edited does."""
        current = self.corpus.folder / "current.jsonl"
        current.unlink(missing_ok=True)
        try:
            os.link(dump, current)
        except OSError:  # a file system without hard links
            shutil.copyfile(dump, current)
        return current
