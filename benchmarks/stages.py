"""Where the CPU of a record goes: each stage as a multiple of `orjson.loads` of the same lines.

    python -m benchmarks.stages ARTICLES.jsonl

All in one process, without a server. Every repetition takes records that were not seen before, for dates
and titles are remembered; the parts of `normalize` are timed on other records than `normalize` itself.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.product import dump_at, job, normalizer, stamp
from etl.extract.dump import read_batches
from etl.extract.types import Dump
from etl.load.encode import encoded
from etl.model import Article, RawRecord, Rejection
from etl.sources import ADHOC
from etl.transform.boilerplate import body_cleaner
from etl.transform.dates import DatePolicy, read_date
from etl.transform.display import TitleRules, display_title
from etl.transform.identity import content_hash, title_hash
from etl.transform.language import text_language
from etl.transform.people import read_people
from etl.transform.tags import read_tags
from etl.transform.titles import normal_form

RECORDS = 1500
"""Records of one repetition."""
REPETITIONS = 9

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


def measure_stages(path: Path, records: int = RECORDS, repetitions: int = REPETITIONS) -> Stages:
    """Time every stage over the first records of a JSON Lines dump; fewer where it has not enough."""
    with path.open("rb") as file:
        lines = list(islice(file, 2 * records * (repetitions + 1)))
    records = min(records, len(lines) // (2 * (repetitions + 1)))
    bench = _Bench()
    loads: list[float] = []
    ratios: dict[str, list[float]] = {}
    for repetition in range(repetitions + 1):
        first = 2 * records * repetition
        for start, make in ((first, bench.stages), (first + records, bench.parts)):
            some = lines[start : start + records]
            base = _timed(partial(_loads, some))
            timed = [(name, _timed(work)) for name, work in make(some)]
            if repetition:  # the first one compiles and imports
                loads.append(base / records)
                for name, seconds in timed:
                    ratios.setdefault(name, []).append(seconds / base)
    order = [*_WHOLE[:2], *(name for name in ratios if name not in _WHOLE), _WHOLE[2]]
    return Stages(median(loads) * 1e6, {name: ratios[name] for name in order})


class _Bench:
    """The product's parts, and work for them."""

    def __init__(self) -> None:
        self.job = job()
        self.reading = self.job.reading(ADHOC)
        self.rules = normalizer(self.job)
        self.policy = DatePolicy.of(ADHOC, self.job.run_date)
        self.titles = TitleRules((), (), self.job.settings.limits.title_characters)
        self.clean_body = body_cleaner(self.job.boilerplate)

    def stages(self, lines: Sequence[bytes]) -> Iterator[tuple[str, Work]]:
        """The stages of a record's way over some lines, each over what the one before gave."""
        with NamedTemporaryFile(suffix=".jsonl") as file:
            file.writelines(lines)
            file.flush()
            dump = dump_at(Path(file.name))
            yield "read", lambda: self._read(dump)
            raw = self._read(dump)
        mark = stamp(self.job, dump)
        made: list[Article | Rejection] = []
        yield "normalize", lambda: made.extend(self.rules(record, mark) for record in raw)
        yield "encode", lambda: [encoded(article) for article in made if isinstance(article, Article)]

    def parts(self, lines: Sequence[bytes]) -> Iterator[tuple[str, Work]]:
        """Parts of `normalize` over some lines."""
        raw = [orjson.loads(line) for line in lines]
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

    def _read(self, dump: Dump) -> list[RawRecord]:
        batches = read_batches(dump, self.reading)
        return [record for batch in batches for record in batch.records if isinstance(record, RawRecord)]


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
