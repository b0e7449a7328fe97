"""Sources, dumps and flow runs for the tests of operations."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from etl.pipeline.job import LoadReport
from tests.command import PROJECT
from tests.pipeline.records import Record, write_jsonl

FIRST = dt.date(2026, 3, 1)
PER_DAY = 20


def day(n: int) -> dt.date:
    """The n-th day, from 0."""
    return FIRST + dt.timedelta(days=n)


def record(of: dt.date, n: int) -> Record:
    return {
        "title": f"Report {n} of {of}",
        "published_at": f"{of}T{n % 24:02d}:00:00Z",
        "body": f"What was reported on {of}.\n\nAnd more of it.",
    }


def write_day(folder: Path, of: dt.date) -> Path:
    """A day's dump; its first record is one of the day before again, with another text."""
    rows = [record(of, n) for n in range(PER_DAY)]
    if of > FIRST:
        rows[0] = {**record(of - dt.timedelta(days=1), 3), "body": f"Told again on {of}."}
    return write_jsonl(folder / "dumps" / f"{of}.jsonl", rows)


def make_project(folder: Path, days: int) -> Path:
    """A project with two sources, of a dump a day and of one file; its configuration folder."""
    ignore = shutil.ignore_patterns("sources")
    config = Path(shutil.copytree(PROJECT / "config", folder / "config", ignore=ignore))
    (config / "sources").mkdir()
    (config / "sources/wire.toml").write_text('paths = ["dumps/{date:%Y-%m-%d}.jsonl"]\n')
    (config / "sources/archive.toml").write_text('paths = ["archive.csv"]\n')
    (folder / "dumps").mkdir()
    for n in range(days):
        write_day(folder, day(n))
    rows = [f"Archived {n},{n + 1:02d}/03/2026,Text." for n in range(28)]  # until the 12th it is ambiguous
    (folder / "archive.csv").write_text("\n".join(["title,date,body", *rows, ""]))
    return config


def artifacts_of(run_id: Any) -> dict[str, Any]:
    """The artifacts of a flow run, by key."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    with get_client(sync_client=True) as client:
        chosen = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        return {artifact.key: artifact for artifact in client.read_artifacts(artifact_filter=chosen)}


def run(flow: Any, *arguments: Any, **parameters: Any) -> tuple[Any, LoadReport]:
    """Run a flow in this process: its state and its report."""
    state = flow(*arguments, return_state=True, **parameters)
    report = state.result(raise_on_failure=False)
    assert isinstance(report, LoadReport), report
    return state, report
