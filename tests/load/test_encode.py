"""Documents that no server would take are told apart before they can fail a batch."""

from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.load.encode import MAX_BYTES, MAX_DEPTH, encode, encode_revision, too_deep
from etl.model import Article, Reason, Rejection, Stage
from tests.load.made import article


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"extra": {"n": 2**63}}, "`extra` holds an integer of more than 64 bits"),
        ({"body": "half \ud800"}, "`body` holds half a character"),
        ({"title": "\udfff"}, "`title` holds half a character"),
        ({"extra": {"a\0b": 1}}, "`extra`: Invalid document"),
        ({"extra": {"a": {1, 2}}}, "`extra`: Invalid document"),
        ({"extra": {"a": nested(MAX_DEPTH)}}, "nests deeper than"),
        ({"body": "x" * (MAX_BYTES + 1)}, "MongoDB takes 16 MiB"),
    ],
    ids=["integer", "surrogate", "surrogate in title", "NUL", "set", "deep", "large"],
)
def test_what_cannot_be_stored_is_rejected_with_its_field(fields: dict[str, Any], said: str) -> None:
    made = article("k", record=7, member="m.jsonl", offset=99, **fields)
    rejection = encode(made)
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason) == (Stage.LOAD, Reason.NOT_STORABLE)
    assert said in rejection.detail
    assert (rejection.record, rejection.member, rejection.offset, rejection.raw) == (
        7,
        "m.jsonl",
        99,
        made.raw,
    )


def test_a_document_is_encoded_as_it_is() -> None:
    made = article("k", extra={"$date": 1, "a.b": [1, {"c": None}]})
    encoded = encode(made)
    assert not isinstance(encoded, Rejection)
    assert bson.decode(encoded.raw) == made.document()


def test_a_revision_is_the_same_document_under_its_content() -> None:
    made = article("k")
    encoded = encode_revision(made)
    assert not isinstance(encoded, Rejection)
    expected = {**made.document(), "_id": "k/content-A", "article": "k"}
    assert bson.decode(encoded.raw) == expected


def test_the_deepest_and_the_largest_allowed_are_encoded() -> None:
    assert not isinstance(encode(article("k", extra=nested(MAX_DEPTH))), Rejection)
    small = len(bson.encode(article("k", body="").document()))
    assert not isinstance(encode(article("k", body="x" * (MAX_BYTES - small))), Rejection)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (1 if isinstance(value, dict | list) else 0) + max(map(depth, inner), default=0)


@given(
    st.recursive(st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner)),
    st.integers(1, 4),
)
@settings(max_examples=80)
def test_depth_is_counted_level_by_level(value: Any, limit: int) -> None:
    made: Article = article("k", extra={"v": value})
    assert too_deep(made.extra, limit) == (depth(made.extra) > limit)
