"""Documents that no server would take are told apart before they can fail a batch."""

from datetime import datetime
from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.load.encode import (
    MAX_BYTES,
    MAX_DEPTH,
    Packed,
    encode,
    encode_revision,
    key_of,
    packed,
    says,
    too_deep,
)
from etl.model import Article, Candidate, Reason, Rejection, Stage
from tests.load.made import article, nested


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


@pytest.mark.parametrize("kind", [bytes, memoryview])
@pytest.mark.parametrize("first", ["_id", "title"])
def test_key_content_and_rank_are_told_from_a_document_of_any_order_and_buffer(kind: Any, first: str) -> None:
    document = article("kéy", extra={"content_hash": "other"}).document()
    document = {first: document[first], **document}
    found = RawBSONDocument(kind(bson.encode(document)))
    if first == "title":  # what another program has written
        found = RawBSONDocument(kind(bson.encode(dict(sorted(document.items(), reverse=True)))))
    assert key_of(found) == "kéy"
    assert says(found, "content-A", "000001-A")
    assert not says(found, "content-A", "000002-A")
    assert not says(found, "content-B", "000001-A")
    assert not says(found, "other", "000001-A")


_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.$", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("xyz", min_size=1), _value, max_size=4), st.datetimes(), st.text())
@settings(max_examples=100)
def test_a_packed_article_gives_the_documents_of_the_article_to_the_byte(
    extra: dict[str, Any], moment: datetime, body: str
) -> None:
    whole = article("k", extra=extra, published_at=moment, body=body)
    (made,) = packed([whole])
    assert isinstance(made, Packed)
    for way in (encode, encode_revision):
        one, other = way(whole), way(made)
        assert not isinstance(one, Rejection)
        assert not isinstance(other, Rejection)
        assert one.raw == other.raw
    for name in Candidate.__struct_fields__:
        assert getattr(made, name) == getattr(whole, name)


def test_an_article_that_no_document_can_hold_is_not_packed_and_rejected_later() -> None:
    good, bad = article("k"), article("l", body="half \ud800")
    made = packed([good, bad])
    assert [type(one) for one in made] == [Packed, Article]
    assert isinstance(encode(made[1]), Rejection)


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
