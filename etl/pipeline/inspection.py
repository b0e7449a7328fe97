"""The same way through as a load, with nothing written: what would become of each record."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from etl.errors import DumpError
from etl.extract.dump import read_dump
from etl.extract.opening import digest, fetched
from etl.extract.types import Dump, Skipped
from etl.load.articles import ArticleSink
from etl.load.store import Store
from etl.model import Article, DumpStamp, Outcome, Rejection
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import Source

OnSkipped = Callable[[Skipped], object]

Line = dict[str, Any]
"""One line of `inspect`; its keys are a contract."""


def inspect_dumps(
    found: Iterable[Dump | Skipped],
    source: Source,
    job: Job,
    store: Store | None = None,
    on_skipped: OnSkipped = lambda skipped: None,
) -> Iterator[Line]:
    """One line a record: the article that it would become, or why it would be rejected.

    With a store, `outcome` is the one that a load would have now. A dump that fails ends with a line
    of outcome `failed`. `on_skipped` is told what was found and not read.
    """
    dumps = iter(found)
    while True:
        try:
            dump = next(dumps, None)
            if dump is None:
                return
            if isinstance(dump, Skipped):
                on_skipped(dump)
                continue
            yield from _inspect_dump(dump, source, job, store, on_skipped)
        except DumpError as error:
            yield {"outcome": "failed", "dump": error.dump, "error": error.message}


def _inspect_dump(
    dump: Dump, source: Source, job: Job, store: Store | None, on_skipped: OnSkipped
) -> Iterator[Line]:
    with fetched(dump) as local:
        stamp = job.stamp(source, dump, digest(local))
        results = _results(local, stamp, source, job, on_skipped)
        if store is None:
            for result in results:
                yield _line(result, stamp)
            return
        sink = ArticleSink(store)
        while batch := list(islice(results, job.settings.store.batch_records)):
            plan = sink.plan([result for result in batch if isinstance(result, Article)])
            outcomes = iter(plan.outcomes)
            for result in batch:
                outcome = next(outcomes) if isinstance(result, Article) else result
                yield _line(outcome if isinstance(outcome, Rejection) else result, stamp, outcome)


def _results(
    dump: Dump, stamp: DumpStamp, source: Source, job: Job, on_skipped: OnSkipped
) -> Iterator[Article | Rejection]:
    normalizer = normalizer_for(source, job)
    for record in read_dump(dump, job.reading(source)):
        if isinstance(record, Rejection):
            yield record
        elif isinstance(record, Skipped):
            on_skipped(record)
        else:
            yield normalizer(record, stamp)


def _line(result: Article | Rejection, stamp: DumpStamp, outcome: Outcome | Rejection | None = None) -> Line:
    place = {"dump": stamp.dump, "member": result.member, "record": result.record}
    if isinstance(result, Article):
        name = outcome.value if isinstance(outcome, Outcome) else "article"
        return {"outcome": name, **place, "article": result.document()}
    return {"outcome": "rejected", **place, "reason": result.reason.value, "detail": result.detail}
