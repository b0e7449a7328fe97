"""Which raw field serves which role, and what is left over."""

import pytest

from etl.errors import Refusal
from etl.sources import Source
from etl.transform.extra import DROPPED, kept, storable, within
from etl.transform.fields import MOST_PLANS, ROLES, FieldMap
from etl.transform.nested import dig, without

TABLE = {
    "title": ("title", "headline"),
    "published": ("published_at", "date"),
    "body": ("body", "text"),
    "authors": ("author",),
    "captured": ("captured_at",),
}


def picked(fields, /, **said):
    plan = FieldMap(Source(name="s", **said), TABLE).plan(fields)
    values, places = plan.pick(fields)
    assert (values, places) == plan.search(fields)
    labels = {role: place.label for role, place in zip(ROLES, places, strict=True) if place}
    return dict(zip(ROLES, values, strict=True)), labels, kept(fields, plan.leftover(places))


def test_the_first_filled_field_of_a_role_wins_and_the_rest_is_left_over():
    values, labels, left = picked(
        {"headline": "B", "Title": " ", "text": "T", "body": None, "date": "2023", "id": 5, "note": ""}
    )
    assert (values["title"], values["body"], values["published"]) == ("B", "T", "2023")
    assert labels == {"title": "headline", "body": "text", "published": "date"}
    assert left == {"id": 5}


def test_an_unused_second_field_of_a_role_is_not_lost():
    _, _, left = picked({"title": "A", "headline": "B", "body": "T", "text": "U"})
    assert left == {"headline": "B", "text": "U"}


@pytest.mark.parametrize("empty", [None, "", " \n", [], {}])
def test_empty_values_do_not_count(empty):
    values, _, left = picked({"title": empty, "headline": "B", "other": empty})
    assert values["title"] == "B"
    assert left == {}


@pytest.mark.parametrize("filled", [0, False, 0.0])
def test_zero_and_false_are_values(filled):
    assert picked({"title": "A", "other": filled})[2] == {"other": filled}


def test_names_are_taken_without_regard_to_case():
    values, labels, _ = picked({"TITLE": "A", "Published_At": "2023"})
    assert (values["title"], values["published"]) == ("A", "2023")
    assert labels["title"] == "TITLE"


def test_a_sources_own_map_takes_the_place_of_the_common_names():
    values, _, left = picked({"title": "A", "hed": "B"}, fields={"title": "hed"})
    assert values["title"] == "B"
    assert left == {"title": "A"}


def test_dots_reach_into_objects_and_lists_and_only_that_part_is_taken():
    fields = {"meta": {"Published": {"$date": 5}, "id": 7, "who": [{"n": "x"}, {"n": "y", "z": 1}]}}
    values, labels, left = picked(
        fields, fields={"published": "meta.published.$date", "authors": ["meta.who.1.n"]}
    )
    assert (values["published"], values["authors"]) == (5, "y")
    assert labels["published"] == "meta.published.$date"
    assert left == {"meta": {"id": 7, "who": [{"n": "x"}, {"z": 1}]}}
    assert fields["meta"]["Published"] == {"$date": 5}  # the record itself is as it was


def test_a_raw_name_with_a_dot_in_it_comes_before_a_path():
    assert (
        picked({"meta.date": "2023", "meta": {"date": "x"}}, fields={"published": "meta.date"})[0][
            "published"
        ]
        == "2023"
    )


def test_published_from_names_fields_or_roles_in_order():
    said = {"published_from": ["when", "captured"], "fields": {"captured": ["seen"]}}
    values, labels, left = picked({"title": "A", "published_at": "x", "seen": "2023", "when": ""}, **said)
    assert values["published"] == values["captured"] == "2023"
    assert labels["published"] == "seen"
    assert left == {"published_at": "x"}


def test_ignored_fields_are_left_out():
    assert picked({"title": "A", "HTML": "<p>", "id": 1}, ignore=["html"])[2] == {"id": 1}


def test_plans_are_bounded():
    fields = FieldMap(Source(name="s"), TABLE)
    for number in range(MOST_PLANS + 5):
        fields.plan({f"f{number}": 1})
    assert len(fields._plans) <= MOST_PLANS


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("A.B", 1),
        ("a.c", None),
        ("l.0", 1),
        ("l.1.x", 2),
        ("l.9", None),
        ("l.x", None),
        ("s.t", None),
    ],
)
def test_digging(path, value):
    assert dig({"a": {"b": 1}, "l": [1, {"x": 2}], "s": "text"}, path.split(".")) == value


def test_taking_a_part_out_leaves_no_empty_shells():
    assert without({"a": {"b": 1}}, ("a", "b")) is None
    assert without({"a": {"b": 1}, "c": 2}, ("a", "b")) == {"c": 2}
    assert without({"a": [1, 2]}, ("a", "0")) == {"a": [None, 2]}
    assert without({"a": 1}, ("b",)) == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ({"$oid": "5f"}, "5f"),
        ({"$numberLong": "12"}, 12),
        ({"$date": {"$numberLong": "12"}}, 12),
        ({"a": [{"$oid": "5f"}, None, True, 1.5]}, {"a": ["5f", None, True, 1.5]}),
        ((1 << 63) - 1, (1 << 63) - 1),
    ],
)
def test_values_are_kept_as_a_document_can_hold_them(raw, stored):
    assert storable(raw) == stored


@pytest.mark.parametrize(
    "raw",
    [1 << 63, -(1 << 63) - 1, float("nan"), float("inf"), {"a\x00b": 1}, {5: 1}, b"x", [[1 << 70]], {1, 2}],
)
def test_what_no_document_can_hold_is_refused(raw):
    with pytest.raises(Refusal) as refused:
        storable(raw)
    assert refused.value.reason == "bad_value"


def test_deep_values_are_refused_and_do_not_overflow_the_stack():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Refusal) as refused:
        storable(deep)
    assert refused.value.reason == "too_deep"


def test_over_the_bound_the_largest_fields_go_and_are_named():
    extra = {"small": "x", "large": "y" * 500, "middle": "z" * 100}
    assert within(extra, 1000) == (extra, False)
    assert within(extra, 200) == ({"small": "x", "middle": "z" * 100, DROPPED: ["large"]}, True)
    assert within(extra, 0) == ({DROPPED: ["large", "middle", "small"]}, True)
