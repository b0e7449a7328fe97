"""What a source states of a normal load is held against each load of it."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from etl.load.runs import Runs
from etl.load.store import Store
from etl.pipeline.job import LoadReport
from etl.sources import Source
from tests.pipeline.loading import load_paths

pytestmark = pytest.mark.mongo


def record(n: int, **more: Any) -> dict[str, Any]:
    return {"title": f"Article {n}", "date": "2026-03-01T10:00:00Z", "text": f"Text {n}.", **more}


def loaded(
    store: Store, folder: Path, records: list[dict[str, Any]], expect: dict[str, Any], run: str = "run"
) -> LoadReport:
    path = folder / f"{run}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in records))
    fields = {"title": "title", "published": "date", "body": "text"}
    source = Source.model_validate({"name": "wire", "fields": fields, "expect": expect})
    return load_paths(store, [path], run, source=source)


def said(report: LoadReport) -> list[tuple[str, str]]:
    return [(miss.what, miss.detail) for miss in report.misses]


@pytest.mark.parametrize(
    ("expect", "what", "detail"),
    [
        ({"min_records": 40}, "min_records", "30 records, at least 40 expected"),
        ({"max_records": 20}, "max_records", "30 records, at most 20 expected"),
        ({"max_rejected": 0.05}, "max_rejected", "3 of 30 records rejected (10.0%), at most 5.0% expected"),
        ({"required": ["url"]}, "required", "'url' is filled in 0 of 30 records looked at, 90% expected"),
        (
            {"required": "meta.id"},
            "required",
            "'meta.id' is filled in 10 of 30 records looked at, 90% expected",
        ),
        ({"forbidden": ["error"]}, "forbidden", "'error' is in 1 of 30 records looked at"),
    ],
)
def test_a_load_outside_of_an_expectation_says_so(
    store: Store, tmp_path: Path, expect: dict[str, Any], what: str, detail: str
) -> None:
    records = [record(n, meta={"id": n if n < 10 else None}) for n in range(27)]
    records += [{"date": "2026-03-01", "text": "No title.", "error": e} for e in ("oops", "", None)]
    report = loaded(store, tmp_path, records, expect)
    assert (report.state, said(report)) == ("completed_with_warnings", [(what, detail)])


def test_a_miss_fails_the_run_where_the_source_says_so_and_what_was_loaded_stays(
    store: Store, tmp_path: Path
) -> None:
    report = loaded(store, tmp_path, [record(1)], {"min_records": 2, "on_miss": "fail"})
    assert (report.state, report.counts.inserted) == ("failed", 1)
    kept = Runs(store).get("run")
    assert kept is not None
    assert kept.report is not None
    assert (kept.state, kept.report["misses"][0]["what"]) == ("failed", "min_records")


def test_a_load_within_its_expectations_is_completed(store: Store, tmp_path: Path) -> None:
    expect = {
        "min_records": 3,
        "max_records": 3,
        "max_rejected": 0.0,
        "required": ["title"],
        "forbidden": ["x"],
    }
    report = loaded(store, tmp_path, [record(n) for n in range(3)], expect)
    assert (report.state, report.misses) == ("completed", ())


def test_a_dump_that_was_finished_before_is_no_lack_of_records(store: Store, tmp_path: Path) -> None:
    expect = {"min_records": 3}
    loaded(store, tmp_path, [record(n) for n in range(3)], expect)
    assert loaded(store, tmp_path, [record(n) for n in range(3)], expect).misses == ()


def test_days_of_a_run_are_expected_each(store: Store, tmp_path: Path) -> None:
    for day in ("2026-03-01", "2026-03-02"):
        (tmp_path / f"{day}.jsonl").write_bytes(orjson.dumps(record(1, date=day)) + b"\n")
    source = Source.model_validate({"name": "wire", "expect": {"min_records": 2, "max_records": 1}})
    report = load_paths(store, [tmp_path / "{date:%Y-%m-%d}.jsonl"], source=source)
    assert said(report) == [("min_records", "2 records of 2 days, at least 4 expected")]


def test_fields_that_drift_are_named(store: Store, tmp_path: Path) -> None:
    first = loaded(store, tmp_path, [record(n, section="a") for n in range(50)], {}, "first")
    assert first.misses == ()
    renamed = [{"headline": r.pop("title"), **r} for r in (record(n) for n in range(100, 150))]
    assert said(loaded(store, tmp_path, renamed, {}, "second")) == [
        ("drift", "fields never seen before: 'headline' (32 of 32)"),
        ("drift", "'title' is filled in 0% of 32 records looked at; it used to be in 100%"),
    ]


def test_drift_is_not_named_where_the_source_does_not_want_it(store: Store, tmp_path: Path) -> None:
    loaded(store, tmp_path, [record(n) for n in range(50)], {}, "first")
    assert (
        loaded(store, tmp_path, [record(n, new=1) for n in range(60, 99)], {"drift": False}, "second").misses
        == ()
    )


def test_names_that_no_document_could_have_as_keys_are_counted_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    odd = [record(n, **{"$set": 1, "a.b": 2, "\u2028": 3}) for n in range(30)]
    loaded(store, tmp_path, odd, {}, "first")
    assert (
        loaded(store, tmp_path, [record(n, **{"a.b": 2}) for n in range(40, 70)], {}, "second").misses == ()
    )


def test_small_dumps_are_counted_together(store: Store, tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.txt").write_text(f"Article {n}\n2026-03-01 10:00:00\n\nText of {n}.\n")
    source = Source.model_validate({"name": "pages", "expect": {"required": "editor"}})
    report = load_paths(store, [tmp_path], source=source)
    assert said(report) == [("required", "'editor' is filled in 0 of 5 records looked at, 90% expected")]
