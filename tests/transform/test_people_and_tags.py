"""Names and tags out of text, lists and objects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.transform.people import LONGEST, MOST, read_people
from etl.transform.tags import read_tags


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Li Han", ["Li Han"]),
        (" By  Jane Doe ", ["Jane Doe"]),
        ("By Jane Doe and Li Han", ["Jane Doe", "Li Han"]),
        ("Jane Doe, Li Han & Ana Lima", ["Jane Doe", "Li Han", "Ana Lima"]),
        ("Jane Doe; Li Han|Ana Lima", ["Jane Doe", "Li Han", "Ana Lima"]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("Jane Doe, Senior Reporter", ["Jane Doe, Senior Reporter"]),
        ("Jane Doe, Reuters", ["Jane Doe, Reuters"]),
        ("李涵、王五", ["李涵", "王五"]),
        ("Byron Anders", ["Byron Anders"]),
        ("Jane Doe and JANE DOE", ["Jane Doe"]),
        (["Jane Doe", "jane doe", "Li Han"], ["Jane Doe", "Li Han"]),
        ([{"name": "Jane Doe"}, {"@type": "Person", "name": "Li Han"}], ["Jane Doe", "Li Han"]),
        ({"name": "Jane Doe"}, ["Jane Doe"]),
        ([], []),
        ("&amp; Co", ["& Co"]),
        (" ", []),
    ],
)
def test_names_are_divided_with_care(raw, names):
    assert read_people(raw) == names
    assert read_people(raw) == names  # and again, from memory


@pytest.mark.parametrize("raw", [5, None, True, {"id": 5}, [["a"]], ["a", 5], [{"name": None}]])
def test_what_is_no_name_is_not_taken_for_one(raw):
    assert read_people(raw) is None


def test_names_are_bounded_in_number_and_length():
    assert len(read_people("; ".join(f"Name {n}" for n in range(1000)))) == MOST
    assert read_people("x" * 10_000) == ["x" * LONGEST]


@pytest.mark.parametrize(
    ("raw", "tags"),
    [
        ("#Standing #Committee #News #news", ["Standing", "Committee", "News"]),
        ("#Inner Mongolia #News", ["Inner Mongolia", "News"]),
        ("politics, Economy; sport|Economy", ["politics", "Economy", "sport"]),
        ("one tag", ["one tag"]),
        (["Budget", "#budget", " Schools "], ["Budget", "Schools"]),
        ([{"name": "Budget"}, {"term": "Schools"}, 2023], ["Budget", "Schools", "2023"]),
        (["Straße", "STRASSE"], ["Straße"]),
        (["", "#", " "], []),
        ([], []),
    ],
)
def test_tags_keep_their_first_case_and_are_there_once(raw, tags):
    assert read_tags(raw) == tags
    assert read_tags(raw) == tags


@pytest.mark.parametrize("raw", [5, None, {"a": 1}, [None], [["a"]], [True], [1 << 70]])
def test_what_is_no_tag_is_not_taken_for_one(raw):
    assert read_tags(raw) is None


def test_tags_are_bounded_in_number_and_length():
    assert len(read_tags([f"t{n}" for n in range(5000)])) == 500
    assert [len(tag) for tag in read_tags(["x" * 5000])] == [200]


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=5)))
def test_names_and_tags_are_unique_and_stripped_whatever_comes(raw):
    for found in (read_people(raw), read_tags(raw)):
        assert len({name.casefold() for name in found}) == len(found)
        assert all(name and name == name.strip() for name in found)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["News", "news", "Straße", "STRASSE", " a", "#b", "b", ""]),
            st.text(max_size=3),
            st.none(),
        )
    )
)
def test_tags_that_were_met_before_are_read_as_they_were(raw):
    first = read_tags(raw)
    for name in raw:
        read_tags([name])
    assert read_tags(raw) == first
