"""What a backfill takes, and why; and what comes of publication days that were asked for."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from etl.errors import ConfigError, DumpError
from etl.extract.types import Dump
from etl.load.entries import Load
from etl.load.runs import Runs
from etl.load.schema import Schema
from etl.load.store import Store
from etl.model import Days
from etl.pipeline.backfill import MOST_PIECES, Item, Mode, Plan, checked_days, plan_backfill
from etl.pipeline.job import LoadReport
from etl.pipeline.listing import Listing
from etl.pipeline.run import load
from etl.pipeline.runners import Here
from etl.pipeline.totals import with_earlier_attempts
from etl.pipeline.why import Why, reason
from etl.sources import Source
from tests.command import PROJECT
from tests.pipeline.loading import collections, job, load_paths
from tests.pipeline.records import write_jsonl

MARCH = Days(date(2026, 3, 1), date(2026, 3, 3))
DUMP = Dump("a.jsonl", "a.jsonl", 10)


def entry(
    state: Any = "finished", sha256: str = "s", parser: str = "1", size: int = 10, days: Days | None = None
) -> Load:
    now = datetime(2026, 3, 1)
    return Load(
        id="", source="wire", parser=parser, sha256=sha256, dump="a.jsonl", size=size, declared=None,
        state=state, attempts=1, run="run", started_at=now, days=days,
    )  # fmt: skip


def days(first: int, last: int) -> Days:
    return Days(date(2026, 3, first), date(2026, 3, last))


@pytest.mark.parametrize(
    ("loads", "why"),
    [
        ([], Why.NEVER_SEEN),
        ([entry()], Why.LOADED),
        ([entry("failed")], Why.FAILED),
        ([entry("started")], Why.CUT_OFF),
        ([entry("interrupted")], Why.CUT_OFF),
        ([entry(sha256="old", size=9)], Why.CHANGED),
        ([entry(sha256="old")], Why.CHANGED),
        ([entry(parser="0")], Why.PARSER_NEWER),
        ([entry("failed", parser="1"), entry(parser="0")], Why.FAILED),
        ([entry("failed", sha256="broken"), entry()], Why.LOADED),  # it is again what it was
    ],
)
def test_the_reason_of_a_dump_with_a_day(loads: list[Load], why: Why) -> None:
    assert reason(loads, DUMP, "1", None, lambda: "s") is why


@pytest.mark.parametrize(
    ("loads", "why"),
    [
        ([entry()], Why.LOADED),
        ([entry(days=days(1, 3))], Why.LOADED),
        ([entry(days=days(1, 1)), entry(days=days(2, 9))], Why.LOADED),
        ([entry(days=days(1, 1)), entry(days=days(3, 3))], Why.OTHER_DAYS),
        ([entry(days=days(2, 3))], Why.OTHER_DAYS),
        ([entry("started", days=days(1, 3))], Why.CUT_OFF),
        ([entry(days=days(1, 3), parser="0")], Why.PARSER_NEWER),
    ],
)
def test_the_reason_of_a_dump_without_a_day_depends_on_the_days_taken_of_it(
    loads: list[Load], why: Why
) -> None:
    assert reason(loads, DUMP, "1", MARCH, lambda: "s") is why


def test_a_load_of_some_days_does_not_stand_for_the_whole_dump() -> None:
    assert reason([entry(days=MARCH)], DUMP, "1", None, lambda: "s") is Why.OTHER_DAYS


def test_only_what_looks_finished_is_read_to_be_sure() -> None:
    def unread() -> str:
        raise AssertionError

    assert reason([entry("failed")], DUMP, "1", None, unread) is Why.FAILED
    assert reason([entry(size=11)], DUMP, "1", None, unread) is Why.CHANGED

    def unreadable() -> str:
        raise DumpError("a.jsonl", "may not be read")

    assert reason([entry()], DUMP, "1", None, unreadable) is Why.UNREADABLE


def test_a_range_is_refused_that_is_swapped_or_endless() -> None:
    assert checked_days(MARCH.first, MARCH.first) == days(1, 1)
    with pytest.raises(ConfigError, match="end date 2026-03-01 is before the start date 2026-03-03"):
        checked_days(MARCH.last, MARCH.first)
    with pytest.raises(ConfigError, match=r"are 1,000,000 days; one backfill takes at most 3,660"):
        checked_days(date(1000, 1, 1), date(1000, 1, 1) + timedelta(days=999_999))


def test_pieces_are_days_and_of_very_many_days_several() -> None:
    wire, post = Source(name="wire"), Source(name="post")

    def work(n: int) -> list[tuple[str, list[str]]]:
        first = date(2020, 1, 1)
        dated = [first + timedelta(days=i) for i in range(n)]
        items = [
            Item(source.name, day, Dump(f"{day}", f"{day}", 1, day), Why.NEVER_SEEN, True)
            for source in (post, wire)
            for day in dated
        ]
        items.append(Item("wire", None, Dump("rest", "rest", 1), Why.NEVER_SEEN, True))
        plan = Plan(Days(first, dated[-1]), "missing", tuple(items), {}, {"wire": Listing()})
        return [
            (source.name, [dump.uri for dump in found.dumps]) for source, found in plan.work([wire, post])
        ]

    few = work(2)
    assert few == [
        ("post", ["2020-01-01"]), ("wire", ["2020-01-01"]),
        ("post", ["2020-01-02"]), ("wire", ["2020-01-02"]),
        ("wire", ["rest"]), ("wire", []),
    ]  # fmt: skip
    many = work(1000)
    assert len(many) <= MOST_PIECES + 4
    assert sum(len(dumps) for _, dumps in many) == 2001


class Wire:
    """A source with one dump a day, and another one with all of it in one file."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        self.dated = Source(name="dated", paths=("{date:%Y-%m-%d}.jsonl",))
        self.undated = Source(name="undated", paths=("all.jsonl",))

    def write(self, *days: int) -> None:
        for day in days:
            write_jsonl(self.folder / f"2026-03-{day:02d}.jsonl", [self.record(day)])

    def record(self, day: int, n: int = 0) -> dict[str, Any]:
        return {"title": f"Report {day} {n}", "published_at": f"2026-03-{day:02d}T23:59:59Z", "body": "Text."}

    def plan(self, mode: Mode = "missing", of: Days = MARCH, source: Source | None = None) -> Plan:
        return plan_backfill([source or self.dated], of, mode, job("plan"), self.store, self.folder)

    def whys(self, *arguments: Any) -> dict[str, str]:
        return {
            item.dump.uri[-8:-6]: f"{'+' if item.take else '-'}{item.why}"
            for item in self.plan(*arguments).items
        }

    def backfill(
        self,
        mode: Mode = "missing",
        of: Days = MARCH,
        source: Source | None = None,
        run: str = "run",
        **options: Any,
    ) -> LoadReport:
        source = source or self.dated
        again = datetime.now(UTC).replace(tzinfo=None) if mode == "all" else None
        this = msgspec.structs.replace(job(run), days=of, again=again)
        plan = plan_backfill([source], of, mode, this, self.store, self.folder)
        schema = Schema.read(PROJECT / "config/mongo")
        return load(plan.work([source]), this, self.store, schema, Here(self.store), **options)


@pytest.fixture
def wire(tmp_path: Path, store: Store) -> Wire:
    return Wire(tmp_path, store)


@pytest.mark.mongo
class TestWithTheLedger:
    def test_each_day_has_its_reason_and_days_without_a_dump_are_named(self, wire: Wire) -> None:
        wire.write(1, 2)
        assert wire.whys() == {"01": "+never seen", "02": "+never seen"}
        plan = wire.plan()
        assert plan.empty == {"dated": (date(2026, 3, 3),)}
        assert plan.summary() == "2 of 2 dumps to take (2 never seen); days without a dump: 1"
        assert wire.backfill().loaded == 2
        wire.write(3)
        write_jsonl(wire.folder / "2026-03-02.jsonl", [wire.record(2), wire.record(2, 1)])
        assert wire.whys() == {"01": "-loaded", "02": "+changed", "03": "+never seen"}
        assert wire.whys("failed") == {"01": "-loaded", "02": "-changed", "03": "-never seen"}
        assert wire.whys("all") == {"01": "+loaded", "02": "+changed", "03": "+never seen"}
        report = wire.backfill()
        assert (report.loaded, report.skipped, report.counts.read) == (2, 0, 3)

    def test_a_failed_dump_is_taken_by_mode_failed(self, wire: Wire) -> None:
        wire.write(1, 2)
        whole = (wire.folder / "2026-03-02.jsonl").read_bytes()
        wire.store.loads.insert_one(
            {
                "_id": "x/dated/y", "source": "dated", "dump": "2026-03-02.jsonl", "sha256": "x",
                "parser": "y", "state": "failed", "attempts": 1, "size": len(whole), "run": "before",
                "started_at": datetime(2026, 3, 2),
            }
        )  # fmt: skip
        assert wire.whys("failed") == {"01": "-never seen", "02": "+failed"}
        report = wire.backfill("failed")
        assert (report.loaded, report.counts.inserted) == (1, 1)

    def test_a_newer_parser_makes_every_day_due(self, wire: Wire) -> None:
        wire.write(1)
        wire.backfill()
        wire.dated = wire.dated.model_copy(update={"timezone": "Europe/Berlin"})
        assert wire.whys() == {"01": "+parser newer"}

    def test_mode_all_does_finished_dumps_again_and_enters_what_came_of_it(self, wire: Wire) -> None:
        wire.write(1, 2)
        wire.backfill()
        before = collections(wire.store)
        again = wire.backfill("all", run="again")
        assert (again.loaded, again.skipped, again.counts.duplicate) == (2, 0, 2)
        assert collections(wire.store) == before
        (row, _) = wire.store.loads.find()
        assert (row["state"], row["run"], row["counts"]["duplicate"]) == ("finished", "again", 1)
        wire.store.articles.delete_many({})
        assert wire.backfill("all", run="third").counts.inserted == 2

    @pytest.mark.parametrize("small", [True, False])
    def test_of_a_dump_without_a_day_the_publication_days_are_taken(
        self, wire: Wire, small: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not small:
            monkeypatch.setattr("etl.extract.dump.SMALL_BYTES", 0)
        rows = [wire.record(day) for day in range(1, 11)]
        path = write_jsonl(wire.folder / "all.jsonl", rows)
        path.write_bytes(path.read_bytes() + orjson.dumps({"title": "No day", "body": "x"}) + b"\n")
        report = wire.backfill(source=wire.undated)
        counts = report.counts
        assert counts.balanced()
        assert (counts.read, counts.inserted, counts.rejected, counts.outside) == (4, 3, 1, 7)
        assert sorted(row["_id"][:10] for row in wire.store.articles.find()) == [
            "2026-03-01", "2026-03-02", "2026-03-03",
        ]  # fmt: skip
        assert wire.plan(source=wire.undated).items[0].why is Why.LOADED
        assert wire.plan(of=days(3, 5), source=wire.undated).items[0].why is Why.OTHER_DAYS
        next_days = wire.backfill(of=days(3, 5), source=wire.undated, run="next").counts
        assert (next_days.inserted, next_days.duplicate, next_days.outside) == (2, 1, 7)
        assert wire.store.quarantine.count_documents({}) == 1

    def test_a_dump_taken_by_days_is_due_as_a_whole_and_then_no_day_of_it_is(self, wire: Wire) -> None:
        path = write_jsonl(wire.folder / "all.jsonl", [wire.record(day) for day in range(1, 11)])
        wire.backfill(source=wire.undated)
        whole = load_paths(wire.store, [path], "nightly", source=wire.undated)
        assert (whole.loaded, whole.counts.inserted, whole.counts.duplicate) == (1, 7, 3)
        # The whole was loaded under another name, which the plan cannot know; the content tells.
        later = wire.backfill(of=days(8, 9), source=wire.undated, run="later")
        assert (later.skipped, later.counts.read) == (1, 0)

    def test_a_run_stopped_between_days_is_interrupted_and_its_next_attempt_reports_both(
        self, wire: Wire
    ) -> None:
        wire.write(1, 2, 3)
        first = wire.backfill(run="backfill", stop=lambda: wire.store.loads.count_documents({}) > 0)
        assert (first.state, first.interrupted, first.loaded) == ("interrupted", True, 1)
        second = wire.backfill(run="backfill")
        assert (second.state, second.loaded) == ("completed", 2)
        whole = with_earlier_attempts(second, wire.store)
        assert (whole.loaded, whole.counts.read, whole.counts.inserted) == (3, 3, 3)
        assert whole.sources["dated"].loaded == 3
        kept = Runs(wire.store).get("backfill")
        assert kept is not None
        assert kept.report is not None
        assert (kept.state, kept.report["loaded"]) == ("completed", 3)

    def test_the_report_of_a_single_attempt_is_left_as_it_is(self, wire: Wire) -> None:
        wire.write(1)
        (wire.folder / "2026-03-02.jsonl").write_bytes((wire.folder / "2026-03-01.jsonl").read_bytes())
        report = wire.backfill()
        assert report.loaded == 2  # the second is a copy; the ledger has one entry of both
        assert with_earlier_attempts(report, wire.store) is report
