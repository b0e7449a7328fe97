"""Blocks of records into the store, each with its entry in the ledger.

The order of writes is what makes the books right after any crash:

1. the ledger's intent, with the outcomes as planned before anything is written,
   and the journal: which versions of which articles the records give,
2. the quarantine, by ids that do not change,
3. the articles,
4. the ledger's acknowledgement.

A block that was intended and not acknowledged is written again; what its first attempt decided holds
for the articles that it came to write, for now the store would call them duplicates.

Of a dump that was loaded before in another version, only the changed part is parsed (`known.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from etl.extract.types import Batch, Skipped
from etl.load.articles import ArticleSink
from etl.load.decided import Decided
from etl.load.journal import Journal, Page, block_page_id, part, refused_of
from etl.load.ledger import Ledger
from etl.load.quarantine import Quarantine, entry_ids
from etl.load.store import Store
from etl.model import Article, Counts, DumpStamp, Outcome, RawRecord, Rejection
from etl.pipeline.job import Job
from etl.pipeline.known import NOTHING, Known, Unchanged, digest_of
from etl.pipeline.seen import FieldTally
from etl.pipeline.tally import tally
from etl.sources import Source
from etl.transform.normalize import Normalizer


class Sorted(NamedTuple):
    """Articles and rejections, each in the order of the records."""

    articles: list[Article]
    rejections: list[Rejection]
    outside: int
    """How many articles were left out, for their publication days are not wanted."""

    def counts(self, outcomes: Iterable[Outcome | Rejection]) -> Counts:
        """The books, given what became of the articles."""
        counts = tally([*outcomes, *self.rejections])
        return counts + Counts(outside=self.outside) if self.outside else counts


def sort_out(records: Iterable[RawRecord | Rejection], normalizer: Normalizer, stamp: DumpStamp) -> Sorted:
    """Articles and rejections among some records.

    Where only some days are wanted, what is rejected counts as read all the same: it might be of them.
    """
    articles: list[Article] = []
    rejections: list[Rejection] = []
    # Records that share their fields (a reader does that where a line repeats another) say the same. The
    # fields are kept too, so that no other object can have their identity meanwhile.
    made: dict[int, tuple[dict[str, Any], Article]] = {}
    for record in records:
        if isinstance(record, Rejection):
            rejections.append(record)
            continue
        fields = record.fields
        known = made.get(id(fields))
        result = normalizer(record, stamp) if known is None else _again(known[1], record)
        if isinstance(result, Rejection):
            rejections.append(result)
        else:
            articles.append(result)
            made[id(fields)] = (fields, result)
    if stamp.days is None:
        return Sorted(articles, rejections, 0)
    wanted = [article for article in articles if stamp.days.hold(article.published_at)]
    return Sorted(wanted, rejections, len(articles) - len(wanted))


def _again(article: Article, record: RawRecord) -> Article:
    """The article that a record gives which has the very fields of that article's own record."""
    return msgspec.structs.replace(
        article, record=record.record, raw=record.raw, member=record.member, offset=record.offset
    )


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


_latest: tuple[str, Known] | None = None


def known_before(ledger: Ledger, stamp: DumpStamp) -> Known:
    """What the dump held when it was last loaded in another version; read once a process."""
    global _latest  # noqa: PLW0603 - all chunks of a dump need the same one
    previous = ledger.previous(stamp)
    if previous is None:
        return NOTHING
    if _latest is None or _latest[0] != previous.id:
        blocks = {block.digest: block.counts.read for block in ledger.blocks(previous.id) if block.digest}
        _latest = (previous.id, Known(blocks, ledger.record_digests(previous.id), previous.id))
    return _latest[1]


class BlockWriter:
    """Writes the blocks of one dump."""

    def __init__(self, load_id: str, stamp: DumpStamp, source: Source, job: Job, store: Store) -> None:
        self.load_id = load_id
        self._stamp = stamp
        self._normalizer = normalizer_for(source, job)
        self._store = store
        self._ledger = Ledger(store)
        self._sink = ArticleSink(store)
        self._quarantine = Quarantine(store)
        self._journal = Journal(store)
        self._passed_over: list[Skipped] = []
        self.fields = FieldTally(source)
        """Of some of the records that were read."""
        self._known = known_before(self._ledger, stamp)
        self.done = frozenset(self._ledger.blocks_done(load_id))
        """Blocks that an earlier attempt finished."""

    def notices(self) -> tuple[str, ...]:
        """What was found in the dump and not read."""
        return tuple(f"{skipped.uri}: {skipped.reason}" for skipped in self._passed_over)

    def write(self, batch: Batch) -> None:
        """Transform and write one block, or write it again after a crash."""
        self._passed_over += batch.skipped
        if batch.block is None or batch.read is None or batch.cut_short or self._stamp.days:
            self._write(batch.number, batch.records, cut_short=batch.cut_short)
            return
        same = self._known.records_of(batch.block.data)
        if same is not None:
            self._keep(batch.number, batch.block.data, same)
            return
        unchanged = Unchanged(self._known)
        records = batch.read(batch.block, unchanged if self._known else None)
        self._write(batch.number, records, unchanged, batch.block.data)

    def _write(
        self,
        number: int,
        records: Iterable[RawRecord | Rejection],
        unchanged: Unchanged | None = None,
        data: bytes | None = None,
        *,
        cut_short: bool = False,
    ) -> None:
        found = sort_out(self.fields.watch(records), self._normalizer, self._stamp)
        same = Counts(read=len(unchanged.lines), duplicate=len(unchanged.lines)) if unchanged else Counts()
        plan = self._sink.plan(found.articles)
        planned = found.counts(plan.outcomes) + same
        intent = self._ledger.intend(self.load_id, number, self._stamp, planned, plan.letters)
        decided = Decided.block(self._store, self.load_id, number, intent, plan.letters)
        refused = _refused(plan.outcomes)
        self._enter(number, found, plan.outcomes, unchanged, data)
        self._quarantine.write(self._stamp, [*refused, *found.rejections])
        outcomes = self._sink.apply(
            plan,
            thorough=intent.resumed,
            intended=intent.outcomes if intent.resumed else None,
            amend=decided.amend,
            recall=decided.recall,
        )
        refused = _refused(outcomes)
        self._quarantine.write(self._stamp, refused)
        if len(refused) != len(_refused(plan.outcomes)):
            self._enter(number, found, outcomes, unchanged, data)
        whole = data is not None and not found.rejections and not refused
        self._ledger.acknowledge(
            self.load_id,
            number,
            found.counts(outcomes) + same,
            cut_short=cut_short,
            digest=digest_of(data) if data is not None and whole else None,
            records=_digests(found.articles, outcomes, unchanged) if data is not None else b"",
        )

    def _enter(
        self,
        number: int,
        found: Sorted,
        outcomes: Sequence[Outcome | Rejection],
        unchanged: Unchanged | None,
        data: bytes | None,
    ) -> None:
        """Enter in the journal what the block gives, before any of it is written."""
        good = [
            a for a, outcome in zip(found.articles, outcomes, strict=True) if isinstance(outcome, Outcome)
        ]
        bad = [*_refused(outcomes), *found.rejections]
        lines = [digest_of(article.raw) for article in good] if data is not None else None
        refused = refused_of(entry_ids(self._stamp, bad), bad)
        self._journal.write(
            Page(
                id=block_page_id(self._stamp, number),
                run=self._stamp.run,
                parts=[part(self._stamp, good, refused, lines)],
                block=number,
                digest=digest_of(data) if data is not None else None,
                of=self._known.load if unchanged and unchanged.lines else None,
                lines=b"".join(unchanged.lines) if unchanged else b"",
            )
        )

    def _keep(self, number: int, data: bytes, records: int) -> None:
        """Enter a block that stands as it was: its records change nothing."""
        counts = Counts(read=records, duplicate=records)
        self._ledger.intend(self.load_id, number, self._stamp, counts)
        digest = digest_of(data)
        self._journal.write(
            Page(
                id=block_page_id(self._stamp, number),
                run=self._stamp.run,
                parts=[part(self._stamp, (), ())],
                block=number,
                digest=digest,
                of=self._known.load,
                kept=digest,
            )
        )
        # Its lines are entered again: the next version of the dump is held against this one alone.
        lines = b"".join(digest_of(line) for line in data.split(b"\n") if line and not line.isspace())
        self._ledger.acknowledge(self.load_id, number, counts, digest=digest, records=lines)


def _digests(
    articles: Sequence[Article], outcomes: Sequence[Outcome | Rejection], unchanged: Unchanged | None
) -> bytes:
    """Digests of the lines of a block that became articles, now or before."""
    loaded = [
        digest_of(article.raw)
        for article, outcome in zip(articles, outcomes, strict=True)
        if not isinstance(outcome, Rejection)
    ]
    return b"".join([*loaded, *(unchanged.lines if unchanged else ())])
