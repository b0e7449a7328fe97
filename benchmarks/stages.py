"""Where the CPU of a record goes: each stage as a multiple of `orjson.loads` of the same lines.

    python -m benchmarks.stages ARTICLES.jsonl

All in one process, without a server, block after block as a worker takes them: a line that repeats a recent
one is only hashed, and of articles that say the same one is encoded. Every repetition takes records that
were not seen before, for dates and titles are remembered; the parts of `normalize` are timed on other records
than `normalize` itself, as if none were repeated.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.product import dump_at, job, normalizer, stamp
from etl.extract.dump import read_batches
from etl.extract.types import Dump
from etl.load.encode import encode
from etl.model import Article, RawRecord, Repeat
from etl.pipeline.cutting import cut_lines
from etl.pipeline.recent import Recent, Repeats
from etl.pipeline.sorting import sort_out
from etl.pipeline.workers import collect_seldom
from etl.sources import ADHOC
from etl.transform.boilerplate import body_cleaner
from etl.transform.dates import DatePolicy, read_date
from etl.transform.display import TitleRules, display_title
from etl.transform.identity import content_hash, title_hash
from etl.transform.language import text_language
from etl.transform.people import read_people
from etl.transform.tags import read_tags
from etl.transform.titles import normal_form

REPETITIONS = 15

_LOADS = "orjson.loads"
_WHOLE = ("read", "normalize", "encode")
"""The stages that make up the way of a record."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Stages:
    """CPU of each stage, in each repetition, as a multiple of that of `orjson.loads`."""

    loads_microseconds: float
    """CPU of `orjson.loads` of one line, in the median."""
    ratios: dict[str, list[float]]

    @property
    def whole(self) -> list[float]:
        """Parse to BSON, in each repetition."""
        return [sum(stages) for stages in zip(*(self.ratios[name] for name in _WHOLE), strict=True)]

    def table(self) -> Table:
        table = Table(title="CPU by stage")
        for column in ("stage", "µs a record", "× orjson.loads"):
            table.add_column(column, justify="left" if column == "stage" else "right")
        base = self.loads_microseconds
        table.add_row(_LOADS, f"{base:.2f}", "1")
        for name, ratios in self.ratios.items():
            shown = name if name in _WHOLE else f"  of it {name}"
            table.add_row(shown, f"{median(ratios) * base:.2f}", f"{median(ratios):.2f}")
        whole = median(self.whole)
        table.add_row("parse to BSON", f"{whole * base:.2f}", f"{whole:.2f}", style="bold")
        return table

    def as_json(self) -> dict[str, Any]:
        ratios = {name: round(median(values), 3) for name, values in self.ratios.items()}
        return {
            "orjson_loads_microseconds": round(self.loads_microseconds, 3),
            "ratios": ratios,
            "whole": round(median(self.whole), 3),
        }


def measure_stages(path: Path, repetitions: int = REPETITIONS) -> Stages:
    """Time every stage over the first blocks of a JSON Lines dump: two blocks a repetition.

    Raises:
        ValueError: the dump has too few blocks.
    """
    bench = _Bench(dump_at(path))
    seconds: list[float] = []
    ratios: dict[str, list[float]] = {}
    thresholds = gc.get_threshold()
    collect_seldom()
    for repetition in range(repetitions + 1):
        for make in (bench.stages, bench.parts):
            records: list[RawRecord] = []
            read = _timed(partial(bench.read, records))
            if not records:
                raise ValueError(f"{path}: too small for {repetitions} repetitions")
            lines = bench.lines()
            base = _timed(partial(_loads, lines))
            timed = [("read", read), *((name, _timed(work)) for name, work in make(records))]
            if repetition:  # the first one opens the dump, compiles, imports
                seconds.append(base / len(lines))
                for name, spent in timed[make == bench.parts :]:
                    ratios.setdefault(name, []).append(spent / base)
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    order = [*_WHOLE[:2], *(name for name in ratios if name not in _WHOLE), _WHOLE[2]]
    return Stages(median(seconds) * 1e6, {name: ratios[name] for name in order})


class _Bench:
    """The product's parts, and work for them."""

    def __init__(self, dump: Dump) -> None:
        self.job = job()
        self.stamp = stamp(self.job, dump)
        self.reading = self.job.reading(ADHOC)
        self.rules = normalizer(self.job)
        self.policy = DatePolicy.of(ADHOC, self.job.run_date)
        self.titles = TitleRules((), (), self.job.settings.limits.title_characters)
        self.clean_body = body_cleaner(self.job.boilerplate)
        _, places = cut_lines(dump)
        self._batches = read_batches(dump, self.reading, places=places)
        self._data = b""
        self._recent = Recent()
        self._repeats = Repeats(self._recent, self.stamp, _not_asked_for)

    def read(self, into: list[RawRecord]) -> None:
        """The records of the next block; none at the end of the dump."""
        batch = next(self._batches, None)
        self._repeats = Repeats(self._recent, self.stamp, _not_asked_for)
        if batch is not None and batch.read is not None and batch.block is not None:
            self._data = batch.block.data
            records = batch.read(batch.block, self._repeats.wants)
            into += [record for record in records if isinstance(record, RawRecord)]

    def lines(self) -> list[bytes]:
        """All lines of the block that was read."""
        return self._data.splitlines()

    def stages(self, raw: Sequence[RawRecord]) -> Iterator[tuple[str, Work]]:
        """What follows the reading of some records, each over what the one before gave."""
        made: list[Article] = []
        yield "normalize", lambda: made.extend(self._normalized(raw))
        firsts = {(article.key, article.content_hash): article for article in reversed(made)}
        written = [article for article in firsts.values() if not isinstance(article, Repeat)]
        yield "encode", lambda: [encode(article) for article in written]

    def _normalized(self, raw: Sequence[RawRecord]) -> list[Article]:
        articles = sort_out(raw, self.rules, self.stamp).articles
        self._recent.learn(articles)
        return self._repeats.among(articles)

    def parts(self, records: Sequence[RawRecord]) -> Iterator[tuple[str, Work]]:
        """Parts of `normalize` over some records."""
        raw = [record.fields for record in records]
        unstated = [fields["body"] for fields in raw if "language" not in fields]
        titles: list[str] = []
        forms: list[str] = []
        yield "body", lambda: [self.clean_body(fields["body"]) for fields in raw]
        yield "published date", lambda: [read_date(fields["published_at"], self.policy) for fields in raw]
        yield "capture date", lambda: [read_date(fields["captured_at"], self.policy) for fields in raw]
        yield "title", lambda: titles.extend(display_title(fields["title"], self.titles) for fields in raw)
        yield "title's normal form", lambda: forms.extend(map(normal_form, titles))
        yield "title hash", lambda: [title_hash(form) for form in forms]
        yield "authors", lambda: [read_people(fields["author"]) for fields in raw]
        yield "tags", lambda: [read_tags(fields["tags"]) for fields in raw]
        yield "language, where unstated", lambda: [text_language(body) for body in unstated]
        yield "content hash", lambda: [_content_hash(fields) for fields in raw]


def _not_asked_for(line: bytes, record: int, offset: int) -> Article:
    raise AssertionError(f"line {record} at {offset} is not written: {line[:80]!r}")


def _loads(lines: Sequence[bytes]) -> None:
    for line in lines:
        orjson.loads(line)


def _content_hash(fields: dict[str, Any]) -> str:
    authors, extra = [fields["author"]], {"id": fields["id"]}
    language = fields.get("language")
    return content_hash(
        fields["title"], fields["body"], authors, None, fields["tags"], language, fields["url"], extra
    )


def _timed(work: Work) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    Console().print(measure_stages(Path(sys.argv[1])).table())
