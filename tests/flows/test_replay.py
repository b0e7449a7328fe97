"""The replay of the quarantine, as a flow and from the shell."""

from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from tests.command import Command
from tests.flows.stack import artifacts_of, day, run

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]


@pytest.fixture
def rejected(operated: Database[Any], tmp_path: Path) -> Database[Any]:
    """11 records of the archive are in quarantine; since then its source says how to read their dates."""
    from flows.nightly import nightly

    _, report = run(nightly, day(29), sources=["archive"])
    assert report.counts.reasons == {"ambiguous_date": 11}
    with (tmp_path / "config/sources/archive.toml").open("a") as file:
        file.write('date_order = "DMY"\n')
    return operated


def test_the_flow_loads_what_comes_good_and_resolves_it(rejected: Database[Any]) -> None:
    from flows.replay import replay

    state, dry = run(replay, source="archive", dry_run=True)
    assert (dry.counts.inserted, rejected.articles.count_documents({})) == (11, 17)
    state, report = run(replay, source="archive", reason="ambiguous_date", since=day(0))
    assert state.name == "Completed"
    assert report.counts.inserted == 11
    assert rejected.articles.count_documents({}) == 28
    assert rejected.quarantine.count_documents({"state": "resolved", "resolved_by": report.run}) == 11
    found = artifacts_of(state.state_details.flow_run_id)
    assert set(found) == {"load-progress", "load-report", "load-summary", "coverage-calendar"}
    assert found["load-progress"].data == 100.0
    _, again = run(replay)
    assert again.counts.read == 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"since": day(3), "until": day(1)}, "the last day 2026-03-02 is before the first day 2026-03-04"),
        ({"source": "nowhere"}, "no source 'nowhere'"),
    ],
)
def test_what_cannot_be_is_refused(operated: Database[Any], parameters: Any, message: str) -> None:
    from flows.replay import replay

    state = replay(return_state=True, **parameters)
    assert state.name == "Failed"
    assert message in state.message


def test_the_shell_replays_and_discards(
    rejected: Database[Any], tmp_path: Path, mongo_uri: str, database: str
) -> None:
    variables = {
        "ARTICLE_ETL_CONFIG": str(tmp_path / "config"),
        "ARTICLE_ETL_MONGO_URI": mongo_uri,
        "ARTICLE_ETL_DATABASE": database,
    }
    command = Command(tmp_path / "home", variables)
    first = rejected.quarantine.find_one({"record": 2})
    assert first is not None
    assert "say which entries" in command.run("quarantine", "discard", status=2).stderr
    assert "no open quarantine entry 'nix'" in command.run("quarantine", "discard", "nix", status=2).stderr
    assert command.run("quarantine", "discard", first["_id"]).stdout == "1 discarded\n"
    assert command.json("quarantine", "replay", "--until", "2020-01-01", "--json")["read"] == 0
    report = command.json("quarantine", "replay", "--source", "archive", "--json")
    assert (report["read"], report["inserted"]) == (10, 10)
    states = {row["state"] for row in rejected.quarantine.find({"record": {"$ne": 2}})}
    assert states == {"resolved"}
    kept = rejected.quarantine.find_one({"record": 2})
    assert kept is not None
    assert kept["state"] == "discarded"
