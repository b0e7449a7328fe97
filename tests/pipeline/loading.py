"""Loads without a command around them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from etl.configuration import read_configuration
from etl.extract.find import find_dumps
from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.job import Job, LoadReport
from etl.pipeline.run import load
from etl.pipeline.runners import Here, Runner
from etl.sources import ADHOC, Source
from tests.command import PROJECT

DAY = date(2026, 4, 10)


def job(run: str = "run") -> Job:
    return Job.of(read_configuration(PROJECT / "config"), run, DAY)


def load_paths(
    store: Store,
    paths: Sequence[Path],
    run: str = "run",
    *,
    source: Source = ADHOC,
    runner: Runner | None = None,
    workers: int = 1,
    **options: Any,
) -> LoadReport:
    found = find_dumps([str(path) for path in paths])
    schema = Schema.read(PROJECT / "config/mongo")
    return load([(source, found)], job(run), store, schema, runner or Here(store), workers=workers, **options)


def collections(store: Store) -> tuple[list[Any], list[Any]]:
    """Articles and revisions, `provenance` aside."""
    hidden = {"provenance": 0}
    return (
        list(store.articles.find({}, hidden).sort("_id")),
        list(store.revisions.find({}, hidden).sort("_id")),
    )
