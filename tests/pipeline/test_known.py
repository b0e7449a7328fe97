"""Known blocks and lines of an earlier version of a dump."""

from hypothesis import given
from hypothesis import strategies as st

from etl.extract.lines import digest_of
from etl.pipeline.known import NOTHING, Known, Unchanged

lines = st.lists(st.binary(max_size=20), max_size=30)


@given(lines, lines)
def test_a_line_is_known_if_and_only_if_it_was_there(there: list[bytes], asked: list[bytes]) -> None:
    known = Known({}, [b"".join(map(digest_of, there[:10])), b"".join(map(digest_of, there[10:]))])
    for line in there + asked:
        assert (digest_of(line) in known) == (line in there)


def test_the_end_of_one_digest_and_the_beginning_of_the_next_are_no_digest() -> None:
    one, next_one = b"aab" + b"c" * 11 + b"aa", b"aad" + b"e" * 13
    known = Known({}, [next_one + one])
    assert one in known
    assert next_one in known
    assert (one + next_one)[14:30] not in known


def test_a_block_is_known_with_its_number_of_records() -> None:
    known = Known({digest_of(b"a\nb\n"): 2}, [])
    assert known.records_of(digest_of(b"a\nb\n")) == 2
    assert known.records_of(digest_of(b"a\nc\n")) is None
    assert NOTHING.records_of(digest_of(b"a\nb\n")) is None


def test_what_is_new_is_told_from_the_rest_which_is_counted() -> None:
    unchanged = Unchanged(Known({}, [digest_of(b"old")]))
    assert [line for line in (b"old", b"new", b"old") if unchanged.changed(digest_of(line))] == [b"new"]
    assert unchanged.lines == [digest_of(b"old")] * 2
