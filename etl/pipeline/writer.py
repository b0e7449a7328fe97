"""Blocks of records into the store, each with its entry in the ledger.

The order of writes is what makes the books right after any crash:

1. the ledger's intent, with the outcomes as planned before anything is written,
2. the quarantine, by ids that do not change,
3. the articles,
4. the ledger's acknowledgement.

A block that was intended and not acknowledged is written again; its outcomes stay those of the first
intent, for now the store would call the block's own articles duplicates.
"""

from collections.abc import Iterable

from etl.extract.types import Batch, Skipped
from etl.load.articles import ArticleSink
from etl.load.ledger import Ledger
from etl.load.quarantine import Quarantine
from etl.load.store import Store
from etl.model import Article, DumpStamp, Outcome, RawRecord, Rejection
from etl.pipeline.job import Job
from etl.pipeline.tally import tally
from etl.sources import Source
from etl.transform.normalize import Normalizer

Sorted = tuple[list[Article], list[Rejection]]


def sort_out(records: Iterable[RawRecord | Rejection], normalizer: Normalizer, stamp: DumpStamp) -> Sorted:
    """Articles and rejections among some records, each in the order of the records."""
    articles: list[Article] = []
    rejections: list[Rejection] = []
    for record in records:
        result = record if isinstance(record, Rejection) else normalizer(record, stamp)
        if isinstance(result, Rejection):
            rejections.append(result)
        else:
            articles.append(result)
    return articles, rejections


_normalizers: dict[tuple[str, str, str], Normalizer] = {}


def normalizer_for(source: Source, job: Job) -> Normalizer:
    """The compiled rules of a source; compiled once a process, for they are the same in every chunk."""
    key = (source.name, job.parser(source), job.run_date.isoformat())
    if key not in _normalizers:
        _normalizers[key] = Normalizer(
            source,
            job.field_table,
            limits=job.settings.limits,
            run_date=job.run_date,
            boilerplate=job.boilerplate,
            not_articles=job.not_articles,
        )
    return _normalizers[key]


def _refused(outcomes: Iterable[Outcome | Rejection]) -> list[Rejection]:
    return [outcome for outcome in outcomes if isinstance(outcome, Rejection)]


class BlockWriter:
    """Writes the blocks of one dump."""

    def __init__(self, load_id: str, stamp: DumpStamp, source: Source, job: Job, store: Store) -> None:
        self.load_id = load_id
        self._stamp = stamp
        self._normalizer = normalizer_for(source, job)
        self._ledger = Ledger(store)
        self._sink = ArticleSink(store)
        self._quarantine = Quarantine(store)
        self._passed_over: list[Skipped] = []
        self.done = frozenset(self._ledger.blocks_done(load_id))
        """Blocks that an earlier attempt finished."""

    def notices(self) -> tuple[str, ...]:
        """What was found in the dump and not read."""
        return tuple(f"{skipped.uri}: {skipped.reason}" for skipped in self._passed_over)

    def write(self, batch: Batch) -> None:
        """Transform and write one block, or write it again after a crash."""
        self._passed_over += batch.skipped
        articles, rejections = sort_out(batch.records, self._normalizer, self._stamp)
        plan = self._sink.plan(articles)
        planned = tally([*plan.outcomes, *rejections])
        intent = self._ledger.intend(self.load_id, batch.number, self._stamp, planned)
        self._quarantine.write(self._stamp, [*_refused(plan.outcomes), *rejections])
        outcomes = self._sink.apply(plan, thorough=intent.resumed)
        self._quarantine.write(self._stamp, _refused(outcomes))
        counts = intent.counts if intent.resumed else tally([*outcomes, *rejections])
        self._ledger.acknowledge(self.load_id, batch.number, counts, cut_short=batch.cut_short)
