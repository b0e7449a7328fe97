"""The quarantine: one entry a record, kept up to date, and never lost."""

from datetime import timedelta

import pytest

from etl.load.entries import now
from etl.load.quarantine import RAW_BYTES, Quarantine, Selection
from etl.load.store import Store
from etl.model import Reason
from tests.load.made import rejection, stamp

pytestmark = pytest.mark.mongo


@pytest.fixture
def quarantine(store: Store) -> Quarantine:
    return Quarantine(store)


def test_an_entry_says_all_that_is_known(quarantine: Quarantine) -> None:
    quarantine.write(stamp(3), [rejection(5, raw=b'{"a": "\xff"}', detail="no date in it")])
    (entry,) = quarantine.list(Selection())
    assert (entry.source, entry.dump, entry.sha256) == ("harbour", "dumps/3.jsonl", f"{3:064x}")
    assert (entry.member, entry.record, entry.offset) == ("m.jsonl", 5, 7)
    assert (entry.stage, entry.reason, entry.detail) == ("transform", "undated", "no date in it")
    assert (entry.raw, entry.raw_bytes, entry.truncated) == (b'{"a": "\xff"}', 10, False)
    assert (entry.parser, entry.run, entry.state) == ("1-0123456789ab", "run-1", "open")
    assert now() - entry.at < timedelta(minutes=5)
    assert quarantine.get(entry.id) == entry
    assert entry.as_json()["raw"] == '{"a": "\\xff"}'


def test_the_same_record_again_is_the_same_entry(quarantine: Quarantine) -> None:
    for _ in range(2):
        quarantine.write(stamp(), [rejection(1), rejection(2)])
    assert quarantine.count(Selection()) == 2


def test_two_records_at_one_position_are_two_entries(quarantine: Quarantine) -> None:
    for _ in range(2):
        quarantine.write(stamp(), [rejection(1, raw=b"first"), rejection(1, raw=b"second")])
    assert sorted(entry.raw for entry in quarantine.list(Selection())) == [b"first", b"second"]


def test_a_newer_parser_brings_an_entry_up_to_date(quarantine: Quarantine) -> None:
    quarantine.write(stamp(), [rejection(1)])
    quarantine.write(stamp(0, "run-2", "2-x"), [rejection(1, Reason.NO_TITLE, detail="$literal {text}")])
    (entry,) = quarantine.list(Selection())
    assert (entry.reason, entry.parser, entry.run) == ("no_title", "2-x", "run-2")
    assert entry.detail == "$literal {text}"


def test_what_a_newer_parser_loads_is_resolved(quarantine: Quarantine, store: Store) -> None:
    quarantine.write(stamp(), [rejection(1), rejection(2)])
    quarantine.write(stamp(5), [rejection(1)])
    newer = stamp(0, "run-2", "2-x")
    quarantine.write(newer, [rejection(2)])
    quarantine.resolve([newer])
    assert {(entry.dump, entry.record) for entry in quarantine.list(Selection())} == {
        ("dumps/0.jsonl", 2),
        ("dumps/5.jsonl", 1),
    }
    (resolved,) = quarantine.list(Selection(state="resolved"))
    assert (resolved.record, resolved.resolved_by) == (1, "run-2")


def test_what_is_rejected_again_is_open_again_unless_a_person_discarded_it(quarantine: Quarantine) -> None:
    quarantine.write(stamp(), [rejection(1), rejection(2)])
    ids = {entry.record: entry.id for entry in quarantine.list(Selection())}
    assert quarantine.mark([ids[1]], "resolved", "run-2") == 1
    assert quarantine.mark([ids[2]], "discarded", "an operator") == 1
    assert quarantine.mark([ids[2]], "discarded", "an operator") == 0
    quarantine.write(stamp(), [rejection(1), rejection(2)])
    states = {
        entry.record: (entry.state, entry.resolved_by) for entry in quarantine.list(Selection(state=None))
    }
    assert states == {1: ("open", None), 2: ("discarded", "an operator")}


def test_a_huge_record_is_kept_by_its_head_and_its_true_length(quarantine: Quarantine) -> None:
    quarantine.write(stamp(), [rejection(raw=b"x" * (RAW_BYTES + 5))])
    (entry,) = quarantine.list(Selection())
    assert (len(entry.raw), entry.raw_bytes, entry.truncated) == (RAW_BYTES, RAW_BYTES + 5, True)


def test_a_detail_may_quote_half_a_character(quarantine: Quarantine) -> None:
    quarantine.write(stamp(), [rejection(detail="the title \ud83d is cut")])
    (entry,) = quarantine.list(Selection())
    assert entry.detail == "the title \\ud83d is cut"


def test_entries_are_selected_and_counted_by_reason(quarantine: Quarantine) -> None:
    quarantine.write(stamp(1), [rejection(1), rejection(2), rejection(3, Reason.MALFORMED)])
    quarantine.write(stamp(2), [rejection(1, Reason.NO_TITLE)])
    assert quarantine.reasons(Selection()) == {"undated": 2, "malformed": 1, "no_title": 1}
    assert quarantine.count(Selection(reason=Reason.UNDATED)) == 2
    assert quarantine.count(Selection(dump="dumps/2.jsonl")) == 1
    assert quarantine.count(Selection(source="elsewhere")) == 0
    assert len(list(quarantine.list(Selection(), limit=3))) == 3
    moment = now()
    assert quarantine.count(Selection(until=moment + timedelta(minutes=1))) == 4
    assert quarantine.count(Selection(since=moment + timedelta(minutes=1))) == 0
    some = tuple(entry.id for entry in quarantine.list(Selection(), limit=2))
    assert quarantine.count(Selection(ids=some)) == 2


def test_no_rejections_are_no_work(quarantine: Quarantine) -> None:
    quarantine.write(stamp(), [])
    quarantine.resolve([])
    assert quarantine.get("nothing") is None
