"""Records sorted out into articles and rejections, by the rules of their source."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from etl.model import Article, Candidate, Counts, DumpStamp, Outcome, RawRecord, Rejection
from etl.pipeline.job import Job
from etl.pipeline.tally import tally
from etl.sources import Source
from etl.transform.columns import normalize_all
from etl.transform.normalize import Normalizer


class Sorted(NamedTuple):
    """Articles and rejections, each in the order of the records."""

    articles: Sequence[Candidate]
    rejections: list[Rejection]
    outside: int
    """How many articles were left out, for their publication days are not wanted."""

    def counts(self, outcomes: Iterable[Outcome | Rejection]) -> Counts:
        """The books, given what became of the articles."""
        counts = tally([*outcomes, *self.rejections])
        return counts + Counts(outside=self.outside) if self.outside else counts


class Piece(Protocol):
    """A part of what is written together: a block of a large dump, or a small dump."""

    @property
    def found(self) -> Sorted: ...


Result = Outcome | Rejection
"""What became of an article: the store may have refused it."""
_Piece = TypeVar("_Piece", bound=Piece)
_Outcomes = TypeVar("_Outcomes", str, Sequence[Result])


def shared_out(pieces: Sequence[_Piece], outcomes: _Outcomes) -> Iterator[tuple[_Piece, _Outcomes]]:
    """The outcomes of what was written together, given back to the pieces that its articles came from."""
    first = 0
    for piece in pieces:
        after = first + len(piece.found.articles)
        yield piece, outcomes[first:after]
        first = after


def counts_of_all(pieces: Iterable[Piece], outcomes: Sequence[Result]) -> Counts:
    """The books of pieces together, given what became of all their articles."""
    rejections: list[Rejection] = []
    outside = 0
    for piece in pieces:
        rejections += piece.found.rejections
        outside += piece.found.outside
    return Sorted((), rejections, outside).counts(outcomes)


def split(found: Sorted, outcomes: Sequence[Result]) -> tuple[list[Candidate], list[Rejection]]:
    """The articles that the store took, and all rejections: the store's own, then those before it."""
    good = [
        article
        for article, outcome in zip(found.articles, outcomes, strict=True)
        if isinstance(outcome, Outcome)
    ]
    return good, [*refused(outcomes), *found.rejections]


def refused(outcomes: Iterable[Result]) -> list[Rejection]:
    """What the store refused."""
    return [outcome for outcome in outcomes if isinstance(outcome, Rejection)]


def sort_out(records: Iterable[RawRecord | Rejection], normalizer: Normalizer, stamp: DumpStamp) -> Sorted:
    """Articles and rejections among some records of a dump."""
    return sort_out_all([(list(records), stamp)], normalizer)[0]


def sort_out_all(
    pieces: Sequence[tuple[Sequence[RawRecord | Rejection], DumpStamp]], normalizer: Normalizer
) -> list[Sorted]:
    """The same of several dumps' records, each with the dump's stamp: together, for small ones have few.

    Where only some days are wanted, what is rejected counts as read all the same: it might be of them.
    """
    # Records that share their fields (a reader does that where a line repeats another) say the same.
    places: dict[int, int] = {}
    firsts: list[RawRecord] = []
    stamps: list[DumpStamp] = []
    for records, stamp in pieces:
        for record in records:
            if isinstance(record, RawRecord) and id(record.fields) not in places:
                places[id(record.fields)] = len(firsts)
                firsts.append(record)
                stamps.append(stamp)
    made = normalize_all(normalizer, firsts, stamps)
    found: list[Sorted] = []
    for records, stamp in pieces:
        articles: list[Article] = []
        rejections: list[Rejection] = []
        for record in records:
            if isinstance(record, Rejection):
                rejections.append(record)
                continue
            place = places[id(record.fields)]
            result = made[place] if firsts[place] is record else _again(made[place], record)
            if isinstance(result, Rejection):
                rejections.append(result)
            else:
                articles.append(result)
        found.append(_wanted(articles, rejections, stamp))
    return found


def _wanted(articles: list[Article], rejections: list[Rejection], stamp: DumpStamp) -> Sorted:
    if stamp.days is None:
        return Sorted(articles, rejections, 0)
    wanted = [article for article in articles if stamp.days.hold(article.published_at)]
    return Sorted(wanted, rejections, len(articles) - len(wanted))


def _again(made: Article | Rejection, record: RawRecord) -> Article | Rejection:
    """What a record gives which has the very fields of another that gave this."""
    return msgspec.structs.replace(
        made, record=record.record, raw=record.raw, member=record.member, offset=record.offset
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
