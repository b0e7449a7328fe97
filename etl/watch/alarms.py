"""What an operator must hear of: a failed run, an expectation missed, a silent source, no run at all.

Found anew from the store whenever somebody asks, so that `status --check` needs nothing but the store. What
was said already is remembered beside it (`etl.load.alarms`): each state is told once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from etl.configuration import Configuration
from etl.load.coverage import declared_days, last_finished
from etl.load.runs import Run, Runs
from etl.load.store import Store
from etl.watch.silence import silence

Kind = Literal["failed run", "expectation missed", "silent source", "no finished run"]

LOOKED_AT = 200
"""How many of the last runs are looked at."""


class Alarm(msgspec.Struct, frozen=True):
    """Something that is wrong now."""

    kind: Kind
    about: str
    """With `kind`, what tells it from others: the run, or the source and the expectation."""
    text: str
    """For people: what is wrong, and the command that shows more."""

    @property
    def key(self) -> str:
        """What it is remembered by, such as `silent source/harbour-wire`."""
        return f"{self.kind}/{self.about}"


def find_alarms(configuration: Configuration, store: Store, at: datetime) -> list[Alarm]:
    """Everything that is wrong at that moment (naive UTC).

    Raises:
        StoreError: the store is gone.
    """
    runs = Runs(store)
    last = runs.last(LOOKED_AT)
    return [
        *failed_runs(last, at),
        *missed_expectations(last),
        *_silent_sources(configuration, store, at),
        *no_finished_run(runs.last_completed(), at, configuration.settings.alarms.no_run_hours),
    ]


def failed_runs(runs: Sequence[Run], at: datetime) -> Iterator[Alarm]:
    """Of each kind of run the last one that is over, if it failed or was cut off.

    A run of the same kind that went well since has made it good. One that failed for nothing but its
    expectations is told as those.

    Args:
        runs: Newest first.
        at: This moment; naive UTC.
    """
    seen: set[str] = set()
    for run in runs:
        state = run.state_at(at)
        if state == "running" or run.kind in seen:
            continue
        seen.add(run.kind)
        report = run.report or {}
        only_missed = report.get("misses") and not (report.get("error") or report.get("failures"))
        if state in ("failed", "interrupted") and not only_missed:
            yield Alarm("failed run", run.id, _failure(run, state))


def missed_expectations(runs: Sequence[Run]) -> Iterator[Alarm]:
    """What the last run that loaded anything of a source says of its expectations.

    Args:
        runs: Newest first.
    """
    decided: set[str] = set()
    for run in runs:
        report = run.report or {}
        misses = report.get("misses") or ()
        looked = {name for name, part in (report.get("sources") or {}).items() if part.get("loaded")}
        for miss in misses:
            if miss["source"] not in decided:
                text = f"{miss['source']}: {miss['detail']} (article-etl status {run.id})"
                yield Alarm("expectation missed", f"{miss['source']}/{miss['what']}", text)
        decided |= looked | {miss["source"] for miss in misses}


def no_finished_run(last: Run | None, at: datetime, hours: float) -> Iterator[Alarm]:
    """Whether no run has come to a good end for so many hours."""
    if last is None or last.finished_at is None:
        yield Alarm("no finished run", "", "no run has ever finished (article-etl status)")
    elif at - last.finished_at > timedelta(hours=hours):
        yield Alarm(
            "no finished run",
            "",
            f"no run has finished in the last {hours:g} hours: the last one was {last.id}, "
            f"{last.finished_at:%Y-%m-%d %H:%M} UTC (article-etl status)",
        )


def _silent_sources(configuration: Configuration, store: Store, at: datetime) -> Iterator[Alarm]:
    declared, finished = declared_days(store), last_finished(store)
    for name, source in sorted(configuration.sources.items()):
        if not source.paths:
            continue
        found = silence(source, declared.get(name, []), finished.get(name), at)
        if found is not None:
            yield Alarm("silent source", name, f"{name}: {found} (article-etl status --source {name})")


def _failure(run: Run, state: str) -> str:
    report = run.report or {}
    failures = report.get("failures") or []
    causes = [str(report["error"])] if report.get("error") else []
    causes += [f"{failure['dump']}: {failure['error']}" for failure in failures[:3]]
    if len(failures) > 3:
        causes.append(f"and {len(failures) - 3} dumps more")
    if not run.report:
        causes = ["it was killed before it could report"]
    why = f": {'; '.join(causes)}" if causes else ""
    what = "was cut off" if state == "interrupted" else "failed"
    return f"{run.kind} of {run.run_date} ({run.id}) {what}{why}"[:1000]
