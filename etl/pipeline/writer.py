"""Records sorted out into articles and rejections, by the rules of their source."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from etl.model import Article, Counts, DumpStamp, Outcome, RawRecord, Rejection
from etl.pipeline.job import Job
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
