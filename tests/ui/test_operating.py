"""What an operator does in the Prefect UI, in a real browser against the real `article-etl up`."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.flows.stack import PER_DAY, day
from tests.flows.up import Up, final
from tests.ui.prefect_ui import PrefectUI

pytestmark = [pytest.mark.mongo, pytest.mark.prefect, pytest.mark.timeout(900)]

LONG_AGO = dt.date(1000, 1, 1)
REFUSED = [
    (LONG_AGO, LONG_AGO + dt.timedelta(days=999_999), None, "are 1,000,000 days; one backfill takes at most"),
    (day(0), day(1), "nowhere", "no source 'nowhere'"),
    (day(3), day(1), None, f"the end date {day(1)} is before the start date {day(3)}: are they swapped?"),
]


@pytest.fixture(scope="package")
def backfilled(up: Up, ui: PrefectUI) -> dict[str, Any]:
    """A backfill of three days, filled into the form and submitted; the flow run when it is done."""
    ui.open_form("backfill")
    ui.pick("start_date", day(0))
    ui.pick("end_date", day(2))
    ui.choose("mode", "all")
    ui.choose("mode", "missing")
    ui.picture("backfill-form")
    run = ui.submit()
    done = up.await_state(run, final)
    up.await_log(run, "Finished in state")
    ui.open_run(run, "Logs", "CompletedWithWarnings", "Finished in state CompletedWithWarnings")
    ui.picture("backfill-run")
    return done


def test_the_deployments_and_the_next_nightly_are_listed(up: Up, ui: PrefectUI) -> None:
    ui.open("/deployments", "backfill", "nightly", "replay", "At 02:30 AM")
    ui.picture("deployments")
    (next_one,) = up.ask("/flow_runs/filter", {"limit": 1, "sort": "EXPECTED_START_TIME_ASC"})
    moment = dt.datetime.fromisoformat(next_one["expected_start_time"])
    assert (moment.hour, moment.minute) == (2, 30)
    upcoming = f"/deployments/deployment/{up.deployment('nightly')['id']}?tab=Upcoming"
    ui.open(upcoming, next_one["name"], f"{moment:%Y/%m/%d} 02:30:00 AM")


def test_a_backfill_of_three_days_from_the_form_loads_them(backfilled: dict[str, Any]) -> None:
    assert backfilled["name"] == f"backfill {day(0)}..{day(2)}"
    assert backfilled["state"]["name"] == "CompletedWithWarnings"
    given = {name: backfilled["parameters"].get(name) for name in ("start_date", "end_date", "mode")}
    assert given == {"start_date": str(day(0)), "end_date": str(day(2)), "mode": "missing"}


def test_its_plan_says_what_is_taken_and_why(backfilled: dict[str, Any], ui: PrefectUI) -> None:
    ui.open_artifact(backfilled["id"], "backfill-plan")
    ui.shows("mode missing: 4 of 4 dumps to take (4 never seen)")
    rows = [(row["source"], row["day"], row["take"], row["why"], row["dumps"]) for row in ui.table()]
    assert rows == [
        ("archive", "by publication", "yes", "never seen", "1"),
        *[("wire", str(day(n)), "yes", "never seen", "1") for n in range(3)],
    ]
    ui.picture("backfill-plan")


def test_its_report_has_the_right_numbers(backfilled: dict[str, Any], ui: PrefectUI) -> None:
    ui.open_artifact(backfilled["id"], "load-report")
    found = {row["source"]: row for row in ui.table()}
    assert set(found) == {"archive", "wire", "all"}
    wire, archive = found["wire"], found["archive"]
    assert (wire["read"], wire["inserted"], wire["dumps loaded"]) == (str(3 * PER_DAY), "58", "3")
    assert int(wire["revised"]) + int(wire["superseded"]) == 2  # told again on the next day
    assert (archive["read"], archive["inserted"], archive["rejected"]) == ("12", "1", "11")
    assert (found["all"]["read"], found["all"]["inserted"], found["all"]["dumps loaded"]) == ("72", "59", "4")
    ui.open_artifact(backfilled["id"], "load-summary")
    ui.shows("72 read: 59 inserted")
    ui.shows("article-etl quarantine list --reason ambiguous_date")
    ui.picture("load-summary")


def test_the_coverage_calendar_shows_the_days_that_were_loaded(
    backfilled: dict[str, Any], ui: PrefectUI
) -> None:
    ui.open_artifact(backfilled["id"], "coverage-calendar")
    ui.shows("Coverage ")
    rows = {row["day"].split()[-1]: row["wire"] for row in ui.table()}
    loaded = {day: cell for day, cell in rows.items() if "🟩" in cell}
    assert set(loaded) == {str(day(n)) for n in range(3)}
    assert all(str(PER_DAY) in cell for cell in loaded.values())
    ui.picture("coverage-calendar")


def test_what_cannot_be_is_refused_in_words_that_the_page_shows(up: Up, ui: PrefectUI) -> None:
    runs = []
    for first, last, source, _ in REFUSED:
        ui.open_form("backfill")
        ui.type_date("start_date", str(first))
        ui.type_date("end_date", str(last))
        if source:
            ui.add_source(source)
        runs.append(ui.submit())
    for run, (*_, message) in zip(runs, REFUSED, strict=True):
        ended = up.await_state(run, final)
        assert ended["state"]["name"] == "Failed"
        assert message in ended["state"]["message"]
        up.await_log(run, message)
        ui.open_run(run, "Logs", message)
    ui.picture("refused")
    # One run at a time is served: the processes of all but the last have ended, and their logs are whole.
    for run in runs[:-1]:
        assert not [message for message in up.logs(run) if "Traceback" in message]


def test_a_replay_from_the_form_loads_what_was_rejected(
    up: Up, ui: PrefectUI, backfilled: dict[str, Any], folder: Path
) -> None:
    with (folder / "config/sources/archive.toml").open("a") as file:
        file.write('date_order = "DMY"\n')
    ui.open_form("replay")
    run = ui.submit()
    ended = up.await_state(run, final)
    assert (ended["name"], ended["state"]["name"]) == ("replay everything", "Completed")
    ui.open_artifact(run, "load-report")
    (row,) = ui.table()
    assert (row["source"], row["read"], row["inserted"], row["rejected"]) == ("archive", "11", "11", "0")
