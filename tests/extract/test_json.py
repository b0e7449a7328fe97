import io
import json
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.extract.json import json_records
from etl.extract.jsonscan import JsonCursor, Scan
from etl.extract.jsonwrapper import wrapped_list
from etl.extract.types import Member
from etl.model import RawRecord
from tests.extract.helpers import SHARED, needs_dumps, outcome_of, reading, titles

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=6,
)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
records = st.dictionaries(
    keys, scalars | st.lists(scalars, max_size=3) | st.dictionaries(keys, scalars), max_size=4
)
layouts = st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False}])


class Steps:
    """A stream that gives so many bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._data.read(min(size, self._step))


def read(data, *, step=1 << 20, **changes):
    data = data.encode() if isinstance(data, str) else data
    found, error = [], None
    try:
        for record in json_records(Member("d", None, "a.json", Steps(data, step)), reading(**changes)):
            found.append(record)
    except DumpError as fault:
        error = fault.message
    return found, error


@given(st.lists(records, max_size=6), layouts, st.integers(1, 40))
def test_an_array_gives_what_json_loads_gives_whatever_the_step(objects, layout, step):
    text = json.dumps(objects, **layout)
    found, error = read(text, step=step)
    assert error is None
    assert [record.fields for record in found] == objects
    assert [record.record for record in found] == list(range(1, len(objects) + 1))
    data = text.encode()
    for record in found:
        assert data[record.offset : record.offset + len(record.raw)] == record.raw
        assert json.loads(record.raw) == record.fields


@given(st.lists(records, max_size=5), layouts, st.integers(1, 40), st.sampled_from(["", "\n", " ", ",\n"]))
def test_glued_objects_are_as_good_as_an_array(objects, layout, step, between):
    text = between.join(json.dumps(one, **layout) for one in [{"title": "x"}, *objects])
    found, error = read(text, step=step)
    assert error is None
    assert [record.fields for record in found] == [{"title": "x"}, *objects]


@given(st.lists(records, max_size=4), values, layouts, st.integers(1, 40))
def test_a_stated_path_is_followed(objects, other, layout, step):
    text = json.dumps({"z": other, "data": {"y": other, "list": objects, "x": other}, "w": other}, **layout)
    found, error = read(text, step=step, records="data.list")
    assert error is None
    assert [record.fields for record in found] == objects


@given(values, st.integers(1, 20), st.binary(max_size=5))
def test_the_end_of_any_value_is_found_whatever_the_step(value, step, after):
    text = json.dumps(value).encode()
    after = b"," + after
    cursor = JsonCursor(Steps(text + after, step))
    cursor.peek()
    assert cursor.value_end(1 << 20) == len(text)
    cursor = JsonCursor(Steps(text + after, step))
    cursor.peek()
    assert cursor.skip() == len(text)
    assert Scan().run(text + after, 0) == len(text)


@given(st.lists(records.filter(bool), min_size=1, max_size=5), st.data())
def test_a_text_cut_off_anywhere_gives_a_beginning_and_an_error(objects, data):
    text = json.dumps(objects).encode()
    cut = data.draw(st.integers(1, len(text) - 1))
    found, error = read(text[:cut])
    sound = [record for record in found if isinstance(record, RawRecord)]
    assert [record.fields for record in sound] == objects[: len(sound)]
    assert error is not None or len(sound) < len(found)


@settings(deadline=None)  # the first odd bytes load the models of languages
@given(st.binary(max_size=80), st.integers(1, 20))
def test_no_bytes_make_the_reader_hang_or_fail_otherwise(data, step):
    read(b'[{"title":"x","body":"y"},' + data + b',{"title":"z","body":"y"}]', step=step)
    read(data, step=step)


@given(
    st.lists(
        st.sampled_from(['"', "\\", "{", "}", "[", "]", ",", '{"title":"a"', '"body":"b"}', "\n", "x"]),
        max_size=40,
    )
)
def test_no_jumble_of_marks_makes_the_reader_hang_or_fail_otherwise(marks):
    read("".join(marks))
    read('[{"title":"a","body":"b"},' + "".join(marks))


@pytest.mark.parametrize(
    "bad",
    [
        '{"title":"the "b" side","body":"x"}',
        '{"title":"one " more","body":"x"}',
        '{"title":"x" "body":"x"}',
        '{"title":x,"body":"]}"}',
        '{"title":"}","body":"x}',
    ],
)
@pytest.mark.parametrize("between", [",", ",\n", "\n", "][", " [ "])
def test_a_broken_record_costs_itself_alone(bad, between):
    good = [json.dumps({"title": str(n), "body": "{[y"}) for n in range(6)]
    text = "[" + between.join([*good[:3], bad, *good[3:]]) + "]"
    found, error = read(text)
    assert error is None
    assert titles(found) == ["0", "1", "2", "<malformed>", "3", "4", "5"]
    assert [record.record for record in found] == [1, 2, 3, 4, 5, 6, 7]
    assert found[3].raw == bad.encode()


def test_neighbouring_broken_records_are_told_apart():
    good = '{"title":"a","body":"x"}'
    bad = '{"title":"b" b","body":"x"}'
    found, _ = read(f"[{good},{bad},{bad},{good}]")
    assert titles(found) == ["a", "<malformed>", "<malformed>", "a"]


def test_objects_within_a_broken_record_are_no_records():
    images = '"images":[{"src":"a"},{"src":"b"},{"src":"c"}]'
    good = '{"title":"a","body":"x",' + images + "}"
    bad = '{"title":"b "b" b","body":"x",' + images + "}"
    for text in (f"[{good},{bad},{good}]", f"[{bad},{good},{good}]"):
        found, _ = read(text)
        assert sorted(titles(found)) == ["<malformed>", "a", "a"]


def test_thousands_of_broken_records_take_no_quadratic_time():
    def seconds(n):
        text = "[" + ",".join(['{"title":"one " more","body":"x"}'] * n) + "]"
        started = time.perf_counter()
        found, _ = read(text)
        assert len(found) >= 1
        return time.perf_counter() - started

    seconds(100)
    assert seconds(4000) < 12 * seconds(1000) + 0.2


def test_a_huge_record_is_passed_by_without_being_held():
    pieces = iter([b'[{"title":"a"},{"body":"', *([b'\\" {[ x' * 40_000] * 200), b'"},{"title":"c"}]'])

    class Huge:
        def read(self, size, /):
            return next(pieces, b"")

    tracemalloc.start()
    found = list(json_records(Member("d", None, "a.json", Huge()), reading(limits={"record_bytes": 1 << 20})))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(found) == ["a", "<too_large>", "c"]
    assert peak < 20 << 20


def test_a_wrapper_larger_than_any_record_is_streamed():
    articles = [{"title": str(n), "body": "x" * 200} for n in range(100)]
    text = json.dumps({"status": "ok", "articles": articles, "page": {"next": 2}})
    found, error = read(text, limits={"record_bytes": 2048}, step=100)
    assert error is None
    assert [record.fields for record in found] == articles


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"status": "ok", "articles": [{"a": 1}]}, ("articles",)),
        ({"articles": [], "meta": {}}, ("articles",)),
        ({"response": {"status": "ok", "results": [{"a": 1}]}}, ("response", "results")),
        ({"hits": {"total": 1, "hits": [{"_source": {}}]}}, ("hits", "hits")),
        ({"title": "t", "body": "b", "items": [{"a": 1}]}, ()),
        ({"title": "t", "items": []}, ()),
        ({"items": [{"a": 1}], "data": [{"a": 1}]}, ()),
        ({"items": [1, 2]}, ()),
        ({"images": [{"a": 1}]}, ()),
        ([{"a": 1}], ()),
    ],
)
def test_an_object_that_only_wraps_records_is_told_from_a_record(value, path):
    assert wrapped_list(value) == path


def test_extended_json_is_left_as_it_is():
    fields = {"_id": {"$oid": "0" * 24}, "at": {"$date": {"$numberLong": "1709626500000"}}}
    assert read(json.dumps([fields]))[0][0].fields == fields


@pytest.mark.parametrize("text", ["", "  \n", "[]", "[ ]\n", "[][]"])
def test_a_text_without_records_has_none(text):
    assert read(text) == ([], None)


@pytest.mark.parametrize("text", ["<rss/>", "title: x", "\x00\x01", "callback"])
def test_what_is_no_json_at_all_fails_as_a_whole(text):
    found, error = read(text)
    assert found == []
    assert "is no JSON" in error


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"data" 1}', "lacks the colon after the key 'data'"),
        ("{data: 1}", "where a key should be"),
        ('{"other": 1}', "has no list at data; the keys there are other"),
        ('{"data": [{"title": "a"}', "ends within a list (truncated)"),
        ('{"data": [{"title": "a"}], "x"', "lacks the colon"),
        ('{"data": [{"title": "a"}], ', "ends within an object (truncated)"),
    ],
)
def test_a_broken_wrapper_fails_with_its_place(text, says):
    _, error = read(text, records="data")
    assert says in error
    assert "at byte" in error


@needs_dumps
def test_real_crawls_of_which_five_are_not_valid_json_give_all_their_records():
    counts = {}
    for path in sorted((SHARED / "dumps" / "taiwan_json").glob("*.json")):
        found, _, error = outcome_of(path)
        assert error is None or "ends within a list" in error
        counts[path.name] = sum(isinstance(record, RawRecord) for record in found)
        assert len(found) - counts[path.name] <= 1
    assert sum(counts.values()) >= 3620


def test_records_under_their_ids_are_read_one_by_one_however_long_the_object_is(tmp_path):
    stories = {f"a{n}": {"title": f"Story {n}", "date": "2026-03-01", "text": "x" * 100} for n in range(40)}
    (tmp_path / "a.json").write_text(json.dumps(stories))
    records, _, error = outcome_of(tmp_path / "a.json", limits={"record_bytes": 1024})
    assert error is None
    assert [(record.fields["id"], record.fields["title"]) for record in records] == [
        (f"a{n}", f"Story {n}") for n in range(40)
    ]
