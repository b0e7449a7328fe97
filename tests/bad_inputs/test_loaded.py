"""Bad inputs through `load`, on a real mongod: what is sound is stored, what is not is in the quarantine.

`make test` loads one variant of each of the 63; the others take as long again and are part of
`make test-faults`.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.load.schema import COLLECTIONS, Schema
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from tests.bad_inputs.case import Case, lines
from tests.bad_inputs.measured import MOST_MEBIBYTES, Commands, Measured
from tests.bad_inputs.said import is_as_expected
from tests.bad_inputs.table import CASES
from tests.command import PROJECT
from tests.sound import assert_sound

DATABASE = "bad_inputs"


def one_a_number() -> list[Any]:
    """The cases, all but the first quick one of each number marked as part of the long suite."""
    seen: set[int] = set()
    params = []
    for case in CASES:
        long = case.slow or case.number in seen
        if not long:
            seen.add(case.number)
        params.append(pytest.param(case, id=str(case), marks=[pytest.mark.faults] if long else []))
    return params


@pytest.fixture(scope="module")
def prepared(mongo_uri: str) -> Iterator[Store]:
    """A store whose collections are made once: that takes longer than to load most cases."""
    store = connect(mongo_uri, DATABASE, StoreSettings(server_selection_seconds=10), RetrySettings())
    schema = Schema.read(PROJECT / "config/mongo")
    schema.prepare(store)
    schema.finish(store)
    yield store
    store.client.drop_database(DATABASE)
    store.close()


@pytest.fixture
def store(prepared: Store) -> Store:
    """An empty store."""
    for name in COLLECTIONS:
        prepared.database[name].delete_many({})
    return prepared


@pytest.mark.mongo
@pytest.mark.parametrize("case", one_a_number())
def test_of_a_bad_input_the_sound_records_are_stored_and_the_others_kept(
    case: Case, folder: Path, commands: Commands, store: Store, mongo_uri: str
) -> None:
    case.make(folder)
    (folder / "zz.jsonl").write_bytes(lines("Neighbour"))
    result = commands.run(
        "load",
        "--json",
        os.fsdecode(folder),
        *case.options,
        vanishing=case.vanishing and folder / case.vanishing,
        ARTICLE_ETL_MONGO_URI=mongo_uri,
        ARTICLE_ETL_DATABASE=DATABASE,
    )
    (report,) = result.lines()
    shown = f"{result.status} {report} {result.stderr[-3000:]}"
    assert_ends_as_the_table_says(case, result, report, shown)
    assert_stored_as_the_table_says(case, report, store, shown)
    assert_sound(store)


def assert_ends_as_the_table_says(case: Case, result: Measured, report: dict[str, Any], shown: str) -> None:
    """Status, failure, notes and memory of the command, and the balance of its books."""
    outcomes = ("inserted", "revised", "superseded", "duplicate", "rejected")
    assert report["read"] == sum(report[outcome] for outcome in outcomes), shown
    assert report["rejected"] == sum(report["reasons"].values()), shown
    failures = [f"{failure['dump']}: {failure['error']}" for failure in report["failures"]]
    assert (result.status, len(failures)) == ((0, 0) if case.failed is None else (1, 1)), shown
    assert case.failed is None or case.failed in failures[0], shown
    for note in case.notes:
        assert note in result.stderr, shown
    assert result.mebibytes < MOST_MEBIBYTES


def assert_stored_as_the_table_says(case: Case, report: dict[str, Any], store: Store, shown: str) -> None:
    """The articles, the quarantine and the ledger."""
    titles = Counter(article["title"] for article in store.articles.find({}, {"title": 1}))
    kept = [
        f"<{entry['reason']}> {entry['detail']}"
        for entry in store.quarantine.find().sort([("dump", 1), ("member", 1), ("record", 1)])
    ]
    assert titles.pop("Neighbour", 0) == 1, shown
    if isinstance(case.gives, int):
        loaded = report["read"] - report["rejected"] - 1
        assert loaded >= case.gives, shown
        assert case.at_least or (loaded, kept) == (case.gives, []), shown
    else:
        assert set(titles) == {given for given in case.gives if not given.startswith("<")}, shown
        expected = [given for given in case.gives if given.startswith("<")]
        assert len(kept) == len(expected), (kept, shown)
        assert all(map(is_as_expected, kept, expected)), (kept, shown)
    assert len(kept) == report["rejected"], shown
    errors = [load["error"] for load in store.loads.find({"state": "failed"})]
    assert len(errors) <= len(report["failures"]), shown
    assert all(case.failed in error for error in errors), (errors, shown)
