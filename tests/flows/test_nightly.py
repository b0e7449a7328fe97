"""The nightly flow, on a real Prefect server and a real mongod."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from etl.pipeline.job import LoadReport
from tests.command import PROJECT
from tests.waiting import until

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]

DAY = dt.date(2026, 3, 2)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped configuration and samples."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    shutil.copytree(PROJECT / "samples", tmp_path / "samples")
    return tmp_path / "config"


@pytest.fixture
def articles(
    monkeypatch: pytest.MonkeyPatch,
    config: Path,
    tmp_path: Path,
    mongo_uri: str,
    database: str,
    prefect_api: str,
) -> Iterator[Any]:
    """The environment of a flow run, and the collection that it loads into."""
    monkeypatch.setenv("ARTICLE_ETL_CONFIG", str(config))
    monkeypatch.setenv("ARTICLE_ETL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARTICLE_ETL_MONGO_URI", mongo_uri)
    monkeypatch.setenv("ARTICLE_ETL_DATABASE", database)
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri)
    with client:
        yield client[database].articles
        client.drop_database(database)


def run(**parameters: Any) -> tuple[Any, LoadReport]:
    from flows.nightly import nightly

    state = nightly(return_state=True, **parameters)
    report = state.result(raise_on_failure=False)
    assert isinstance(report, LoadReport), report
    return state, report


def artifacts_of(state: Any) -> dict[str, Any]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    with get_client(sync_client=True) as client:
        chosen = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
        return {artifact.key: artifact for artifact in client.read_artifacts(artifact_filter=chosen)}


def test_a_night_loads_every_source_and_says_so(articles: Any) -> None:
    state, report = run(date=DAY)
    assert state.name == "CompletedWithWarnings"
    assert f"{report.counts.read} read" in state.message
    assert report.counts.balanced()
    assert articles.count_documents({}) == report.counts.inserted >= 60
    found = artifacts_of(state)
    assert set(found) == {"load-progress", "load-report", "load-summary", "coverage-calendar"}
    assert found["load-progress"].data == 100.0
    assert str(report.counts.inserted) in found["load-report"].data
    assert "article-etl quarantine list --reason ambiguous_date" in found["load-summary"].data


def test_what_the_core_logs_is_shown_with_the_run(articles: Any) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId

    state, report = run(date=DAY, sources=["wieden-bote"])
    chosen = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[state.state_details.flow_run_id]))
    with get_client(sync_client=True) as client:

        def messages() -> list[str]:
            return [entry.message for entry in client.read_logs(chosen)]

        # Logs are sent every few seconds, later on a machine at work.
        until(
            lambda: any(report.run in message and "completed" in message for message in messages()),
            else_say=messages,
        )


def test_the_same_night_again_skips_everything(articles: Any) -> None:
    run(date=DAY)
    state, report = run(date=DAY)
    assert state.name == "Completed"
    assert report.counts.read == report.loaded == 0
    assert report.skipped > 10


def test_a_dated_source_gives_the_dumps_of_its_day_only(articles: Any) -> None:
    _, report = run(date=dt.date(2026, 3, 1), sources=["harbour-wire"])
    assert set(report.sources) == {"harbour-wire"}
    assert report.loaded == 1
    assert {d["provenance"]["dump"].rsplit("/", 1)[1] for d in articles.find()} == {"2026-03-01.jsonl.gz"}


def test_a_dump_that_cannot_be_read_fails_the_run_and_leaves_the_others_loaded(
    articles: Any, config: Path
) -> None:
    dump = config.parent / "samples/harbour-wire/2026-03-02.jsonl.gz"
    dump.write_bytes(dump.read_bytes()[:-200])
    state, report = run(date=DAY)
    assert state.is_failed()
    assert state.name == "Failed"
    assert "2026-03-02.jsonl.gz" in state.message
    assert report.failed == 1
    assert report.loaded > 10


def test_an_unknown_source_is_named(articles: Any) -> None:
    from flows.nightly import nightly

    state = nightly(date=DAY, sources=["nowhere"], return_state=True)
    assert state.is_failed()
    assert "no source 'nowhere'" in state.message


def test_the_day_is_that_of_the_scheduled_time_in_the_schedules_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import nightly as module

    scheduled = dt.datetime(2026, 3, 29, 22, 30, tzinfo=dt.UTC)  # 00:30 in Berlin, just on summer time
    monkeypatch.setattr(module.flow_run, "get_scheduled_start_time", lambda: scheduled)
    assert module.scheduled_day("Europe/Berlin") == dt.date(2026, 3, 30)
    assert module.scheduled_day("UTC") == dt.date(2026, 3, 29)
