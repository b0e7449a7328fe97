"""The artifacts of a run: progress while it goes; a table, a text and the calendar when it is done."""

import logging
from collections.abc import Iterator, Sequence
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from etl.errors import StoreError
from etl.model import Days, Outcome
from etl.pipeline.job import LoadReport, SourceReport
from flows.calendar_report import publish_calendar
from flows.findings import Findings, Volume, find
from flows.links import artifact_link, code, plain
from flows.lost import untold
from flows.watching import reported
from flows.workshop import Workshop

log = logging.getLogger("etl.report")

SHOWN_FAILURES = 20
SHOWN_VOLUMES = 30


class Progress:
    """A progress artifact over the bytes of the dumps of a run.

    Where Prefect's server is lost meanwhile, the load goes on untold.
    """

    def __init__(self, title: str, size: int) -> None:
        self._size = size
        self._done = 0
        self._percent = 0.0
        self._artifact: UUID | None = None
        with untold("the progress", "the load goes on"):
            artifact = create_progress_artifact(0.0, key="load-progress", description=title)
            assert isinstance(artifact, UUID)  # noqa: S101 - the same function is a coroutine elsewhere
            self._artifact = artifact

    def advance(self, size: int) -> None:
        """So many more bytes are dealt with. Told to Prefect in steps of 5 %, not for each chunk."""
        self._done += size
        percent = 100.0 * min(1.0, self._done / self._size) if self._size else 100.0
        if percent - self._percent >= 5 or percent == 100.0 > self._percent:
            self._tell(percent)

    def done(self) -> None:
        """The run is over."""
        if self._percent < 100.0:
            self._tell(100.0)

    def _tell(self, percent: float) -> None:
        self._percent = percent
        artifact, self._artifact = self._artifact, None
        if artifact is not None:
            with untold("further progress", "the load goes on"):  # the client itself has tried for a minute
                update_progress_artifact(artifact, percent)
                self._artifact = artifact


def publish_report(
    report: LoadReport, about: str, shop: Workshop, days: Days | None = None, plan: UUID | None = None
) -> None:
    """The calendar after a run, and its report as a table and as a text that an operator can act on.

    Where Prefect's server is gone by then, a warning says where else the report is; the run goes on.

    Args:
        report: Of the run.
        about: What it was about, for people.
        shop: The open store.
        days: The days that it was about.
        plan: The artifact with the plan of a backfill.
    """
    reported.get()(report)
    with untold("the report", f"`article-etl status {report.run}` shows it"):
        _publish(report, about, shop, days, plan)


def _publish(report: LoadReport, about: str, shop: Workshop, days: Days | None, plan: UUID | None) -> None:
    try:
        findings = find(report, shop, days)
    except StoreError as error:  # then the report itself says that the store is gone
        log.warning("the report goes without samples and calendar: %s", error)
        findings = None
    links = [artifact_link("plan", plan)] if plan else []
    if findings is not None:
        summary = artifact_link("report of the last run", "load-summary")
        calendar = publish_calendar(findings.calendar, " · ".join([summary, *links]))
        links.append(artifact_link("coverage calendar", calendar))
    table = create_table_artifact(
        table_rows(report), key="load-report", description=" · ".join([f"Run {report.run}: {about}", *links])
    )
    assert isinstance(table, UUID)  # noqa: S101 - the same function is a coroutine elsewhere
    links.insert(0, artifact_link("counts as a table", table))
    create_markdown_artifact(
        markdown(report, about, findings, " · ".join(links)),
        key="load-summary",
        description=f"Run {report.run}",
    )


def table_rows(report: LoadReport) -> list[dict[str, object]]:
    """One row a source, then their sum."""
    rows = [_row(name, part) for name, part in report.sources.items()]
    total = SourceReport(report.counts, report.loaded, report.skipped, report.failed)
    return [*rows, _row("all", total)] if len(rows) != 1 else rows


def _row(name: str, part: SourceReport) -> dict[str, object]:
    outcomes = {outcome.value: getattr(part.counts, outcome.value) for outcome in Outcome}
    dumps = {"dumps loaded": part.loaded, "dumps skipped": part.skipped, "dumps failed": part.failed}
    outside = {"other days": part.counts.outside} if part.counts.outside else {}
    return {"source": name, "read": part.counts.read, **outcomes, **outside, **dumps}


def markdown(report: LoadReport, about: str, findings: Findings | None = None, links: str = "") -> str:
    """What happened, what went wrong, and which command shows more."""
    return "\n".join(_lines(report, about, findings, links))


def _lines(report: LoadReport, about: str, findings: Findings | None, links: str) -> Iterator[str]:
    yield from [f"# {about}: {report.state.replace('_', ' ')}", ""]
    yield from [f"{report.summary()}, in {report.seconds:.1f} s.", ""]
    yield from [links, ""] if links else []
    if report.error:
        yield from [f"**The run stopped:** {plain(report.error)}", ""]
        yield from ["Start it again: it takes up where it was.", ""]
    if report.failures:
        yield from ["## Dumps that failed", ""]
        yield from (f"- {code(f.dump)}: {plain(f.error)}" for f in report.failures[:SHOWN_FAILURES])
        hidden = len(report.failures) - SHOWN_FAILURES
        yield from [f"- and {hidden} more"] if hidden > 0 else []
        yield from ["", f"All of them: `article-etl status {report.run}`", ""]
    if report.misses:
        yield from ["## Expectations missed", ""]
        yield from (
            f"- **{plain(miss.source)}** `{miss.what}`: {plain(miss.detail)}" for miss in report.misses
        )
        yield ""
    yield from _sources(report)
    if report.counts.reasons:
        yield from _rejected(report, findings)
    if findings is not None and findings.volumes:
        yield from _volumes(findings.volumes)
    if report.notices:
        yield from ["## Passed over", ""]
        yield from (f"- {plain(notice)}" for notice in report.notices[:SHOWN_FAILURES])
        hidden = len(report.notices) - SHOWN_FAILURES
        yield from [f"- and {hidden} more (`article-etl status {report.run}`)"] if hidden > 0 else []
        yield ""
    if report.slowest:
        yield from ["## Slowest dumps", ""]
        yield from (f"- {code(t.dump)}: {t.seconds:.1f} s" for t in report.slowest)


def _sources(report: LoadReport) -> Iterator[str]:
    rows = table_rows(report)
    if rows:
        # What is 0 for every source is left out: with all columns the table is wider than the UI's page.
        longest = max(rows, key=len)  # one row of several may have `other days`, and it stands in the midst
        columns = [name for name in longest if any(row.get(name) for row in rows)]
        yield from [
            "## Counts",
            "",
            f"| {' | '.join(columns)} |",
            "|---" + "|---:" * (len(columns) - 1) + "|",
        ]
        for row in rows:
            yield f"| {' | '.join(_number(row.get(name, 0)) for name in columns)} |"
        yield ""


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def _rejected(report: LoadReport, findings: Findings | None) -> Iterator[str]:
    yield from ["## Rejected", "", "| reason | records | look at them |", "|---|---:|---|"]
    source = f" --source {next(iter(report.sources))}" if len(report.sources) == 1 else ""
    reasons = sorted(report.counts.reasons.items(), key=lambda item: -item[1])
    for reason, n in reasons:
        yield f"| {reason} | {n:,} | `article-etl quarantine list --reason {reason}{source}` |"
    yield ""
    for reason, _ in reasons:
        for entry in findings.samples.get(reason, []) if findings else []:
            member = f" {entry.member}" if entry.member else ""
            place = code(f"{entry.dump.rsplit('/', 1)[-1]}{member}: {entry.record}")
            more = f"`article-etl quarantine show {entry.id}`"
            yield f"- **{reason}** at {place}: {plain(entry.detail)} ({more})"
    yield ""


def _volumes(volumes: Sequence[Volume]) -> Iterator[str]:
    yield from ["## Volume", "", "| source | day | records | usual | share |", "|---|---|---:|---|---:|"]
    for source, cell in ((each.source, each.cell) for each in volumes[:SHOWN_VOLUMES]):
        share = f"{cell.ratio:.0%}" if cell.ratio is not None else ""
        usual = cell.usual or "not known yet"
        yield f"| {plain(source)} | {cell.day:%a} {cell.day} | {cell.counts.read:,} | {usual} | {share} |"
    hidden = len(volumes) - SHOWN_VOLUMES
    yield from ["", f"and {hidden} days more that are far from the usual"] if hidden > 0 else []
    yield ""
