"""The artifacts of a run: progress while it goes, a table and a text when it is done."""

from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from etl.model import Outcome
from etl.pipeline.job import LoadReport, SourceReport

SHOWN_FAILURES = 20


class Progress:
    """A progress artifact over the bytes of the dumps of a run."""

    def __init__(self, title: str, size: int) -> None:
        self._size = size
        self._done = 0
        self._percent = 0.0
        artifact = create_progress_artifact(0.0, key="load-progress", description=title)
        assert isinstance(artifact, UUID)  # noqa: S101 - the same function is a coroutine elsewhere
        self._artifact = artifact

    def advance(self, size: int) -> None:
        """So many more bytes are dealt with. Told to Prefect in steps of 5 %, not for each chunk."""
        self._done += size
        percent = 100.0 * min(1.0, self._done / self._size) if self._size else 100.0
        if percent - self._percent >= 5 or percent == 100.0 > self._percent:
            self._percent = percent
            update_progress_artifact(self._artifact, percent)

    def done(self) -> None:
        """The run is over."""
        if self._percent < 100.0:
            self._percent = 100.0
            update_progress_artifact(self._artifact, 100.0)


def publish_report(report: LoadReport, about: str) -> None:
    """The report of a run as a table and as a text that an operator can act on."""
    create_table_artifact(table_rows(report), key="load-report", description=f"Run {report.run}: {about}")
    create_markdown_artifact(markdown(report, about), key="load-summary", description=f"Run {report.run}")


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


def markdown(report: LoadReport, about: str) -> str:
    """What happened, what went wrong, and which command shows more."""
    lines = [
        f"# {about}: {report.state.replace('_', ' ')}",
        "",
        f"{report.summary()}, in {report.seconds:.1f} s.",
        "",
    ]
    if report.error:
        lines += [
            f"**The run stopped:** {_plain(report.error)}",
            "",
            "Start it again: it takes up where it was.",
            "",
        ]
    if report.failures:
        lines += ["## Dumps that failed", ""]
        lines += [f"- `{_plain(f.dump)}`: {_plain(f.error)}" for f in report.failures[:SHOWN_FAILURES]]
        hidden = len(report.failures) - SHOWN_FAILURES
        lines += [f"- and {hidden} more (`article-etl status`)"] if hidden > 0 else []
        lines += [""]
    if report.misses:
        lines += ["## Expectations missed", ""]
        lines += [f"- **{miss.source}** `{miss.what}`: {_plain(miss.detail)}" for miss in report.misses]
        lines += [""]
    if report.counts.reasons:
        lines += ["## Rejected", "", "| reason | records | look at them |", "|---|---:|---|"]
        for reason, n in sorted(report.counts.reasons.items(), key=lambda item: -item[1]):
            lines += [f"| {reason} | {n} | `article-etl quarantine list --reason {reason}` |"]
        lines += [""]
    if report.notices:
        lines += [
            "## Passed over",
            "",
            *[f"- {_plain(notice)}" for notice in report.notices[:SHOWN_FAILURES]],
            "",
        ]
    if report.slowest:
        lines += [
            "## Slowest dumps",
            "",
            *[f"- `{_plain(t.dump)}`: {t.seconds:.1f} s" for t in report.slowest],
        ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """A dump's own words, which may not become markup."""
    return text.replace("`", "'").replace("<", "&lt;").replace("|", "\\|").replace("\n", " ")[:500]
