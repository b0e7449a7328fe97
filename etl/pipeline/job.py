"""What travels between the planner, the workers and the books. All of it pickles; none of it is secret."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

import msgspec

from etl.configuration import Configuration
from etl.extract.types import Dump, Reading
from etl.model import Counts, Days, DumpStamp
from etl.pipeline.seen import FieldCounts
from etl.settings import Settings
from etl.sources import Names, Role, Source

Stop = Callable[[], bool]
"""Asked after each batch: true once the run is to end early, with its books in order."""


def never() -> bool:
    """The `Stop` of a run that nobody can interrupt."""
    return False


class Job(msgspec.Struct, frozen=True):
    """What every chunk of a run has in common."""

    run: str
    run_date: date
    """The run's declared day: the publication window ends two days after it, whenever it really runs."""
    settings: Settings
    field_table: dict[Role, Names]
    boilerplate: Names
    not_articles: Names
    days: Days | None = None
    """The publication days to take of dumps that declare no day; None takes all."""
    again: datetime | None = None
    """Loads that were finished before this moment (naive UTC) are done again; None leaves them be."""

    @staticmethod
    def of(configuration: Configuration, run: str, run_date: date) -> "Job":
        """The job of a run under this configuration."""
        return Job(
            run=run,
            run_date=run_date,
            settings=configuration.settings,
            field_table=configuration.field_table,
            boilerplate=configuration.boilerplate,
            not_articles=configuration.not_articles,
        )

    def parser(self, source: Source) -> str:
        """Version of all that turns the source's bytes into articles under this job."""
        return source.parser(self.field_table, self.boilerplate, self.not_articles)

    def reading(self, source: Source) -> Reading:
        """The part of a source's policy that readers need."""
        return reading_of(source, self.settings)

    def stamp(self, source: Source, dump: Dump, sha256: str, parser: str | None = None) -> DumpStamp:
        """What every article of a dump says about where it came from.

        `parser` is `parser(source)`, for who has many dumps of one source: it is a digest of all its policy.
        """
        return DumpStamp(
            source=source.name,
            dump=dump.uri,
            sha256=sha256,
            parser=parser or self.parser(source),
            run=self.run,
            declared=dump.declared,
            days=self.days if dump.declared is None else None,
        )


def reading_of(source: Source, settings: Settings) -> Reading:
    """The part of a source's policy that readers need."""
    return Reading(
        format=source.format,
        encoding=source.encoding,
        records=source.records,
        delimiter=source.delimiter,
        limits=settings.limits,
        record=source.record,
    )


class Span(msgspec.Struct, frozen=True):
    """A block of whole lines of a plain dump, to be read by its place."""

    number: int
    """0-based ordinal of the block in the dump."""
    offset: int
    length: int
    """Bytes."""
    first_record: int
    """1-based number of its first line."""


class Chunk(msgspec.Struct, frozen=True):
    """A piece of work for one worker: seconds of it, never one article.

    One of three kinds: *files* (a group of whole small dumps), *spans* (blocks of one plain line dump,
    read by place) or a *stripe* (every n-th block of one dump that must be read from its start).
    """

    source: Source
    dumps: tuple[Dump, ...]
    size: int
    """Bytes on disk that it stands for; what the progress bar counts."""
    sha256: str | None = None
    """Digest of the one dump, where the planner already knows it."""
    spans: tuple[Span, ...] = ()
    stripe: int = 0
    stripes: int = 1
    parts: int = 1
    """How many chunks the dump was cut into, this one included."""
    blocks: int | None = None
    """How many blocks the dump was cut into, where the planner has counted them."""
    small: bool = False
    """Whether this is a group of whole small dumps."""


class Failure(msgspec.Struct, frozen=True):
    """A dump that could not be read, or not to its end."""

    dump: str
    error: str


class DumpTime(msgspec.Struct, frozen=True):
    """How long a dump took."""

    dump: str
    seconds: float


class PartReport(msgspec.Struct, frozen=True):
    """A chunk's word on a dump whose books are closed when all its parts are in."""

    load_id: str
    dump: str
    parts: int
    blocks: int | None = None
    """Of the whole dump, where they were counted."""
    error: str | None = None
    interrupted: bool = False
    seconds: float = 0.0


class ChunkReport(msgspec.Struct, frozen=True):
    """What came of a chunk."""

    source: str
    size: int = 0
    loaded: int = 0
    """Dumps."""
    skipped: int = 0
    """Dumps, finished by an earlier run."""
    counts: Counts = Counts()
    """Books of the dumps that the chunk closed itself."""
    failures: tuple[Failure, ...] = ()
    notices: tuple[str, ...] = ()
    part: PartReport | None = None
    times: tuple[DumpTime, ...] = ()
    interrupted: bool = False
    fields: FieldCounts = FieldCounts()
    """Of some of its records, where the source states expectations."""


class Miss(msgspec.Struct, frozen=True):
    """An expectation of a source (`[expect]` in its TOML) that the run did not meet."""

    source: str
    what: str
    """The key of `[expect]`, such as `min_records`."""
    detail: str
    """What was found and what was expected, for people: `12 records on 2026-03-01, at least 500 expected`."""


class SourceReport(msgspec.Struct, frozen=True):
    """What came of one source in a run."""

    counts: Counts = Counts()
    loaded: int = 0
    skipped: int = 0
    failed: int = 0
    fields: FieldCounts = FieldCounts()
    """Of some of its records, where it states expectations: what later runs are held against."""


State = Literal["completed", "completed_with_warnings", "failed", "interrupted"]


class LoadReport(msgspec.Struct, frozen=True):
    """What came of a run: kept in `runs`, printed by `load --json`, shown in Prefect."""

    run: str
    state: State
    counts: Counts
    loaded: int
    skipped: int
    failed: int
    seconds: float
    sources: dict[str, SourceReport]
    failures: tuple[Failure, ...] = ()
    notices: tuple[str, ...] = ()
    slowest: tuple[DumpTime, ...] = ()
    misses: tuple[Miss, ...] = ()
    """Expectations that were not met."""
    error: str | None = None
    """What stopped the whole run, where something did."""
    interrupted: bool = False
    """Whether `stop` ended it before all was done."""

    def summary(self) -> str:
        """The counts in one line, for a state message or a log."""
        c = self.counts
        others = f", {c.outside} of other days passed over" if c.outside else ""
        dumps = f"{self.loaded} loaded, {self.skipped} skipped, {self.failed} failed"
        return (
            f"{c.read} read: {c.inserted} inserted, {c.revised} revised, {c.superseded} superseded, "
            f"{c.duplicate} duplicate, {c.rejected} rejected{others} (dumps: {dumps})"
        )

    def as_json(self) -> dict[str, object]:
        """The object that `load --json` prints; its keys are a contract."""
        c = self.counts
        failures = [{"dump": f.dump, "error": f.error} for f in self.failures]
        if self.error:
            failures.append({"dump": "", "error": self.error})
        return {
            "run": self.run,
            "read": c.read,
            "inserted": c.inserted,
            "revised": c.revised,
            "superseded": c.superseded,
            "duplicate": c.duplicate,
            "rejected": c.rejected,
            "dumps": {"loaded": self.loaded, "skipped": self.skipped, "failed": self.failed},
            "reasons": dict(sorted(c.reasons.items())),
            "failures": failures,
            "seconds": round(self.seconds, 3),
        }
