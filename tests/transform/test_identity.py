"""Identity: frozen vectors. A change here is a new recipe version and a re-key of every store."""

import hashlib
import json
from datetime import date, datetime

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.transform.dates import DatePolicy, Instant, read_date
from etl.transform.identity import (
    RECIPE_VERSION,
    article_key,
    attribution,
    content_hash,
    rank,
    title_hash,
    undated_key,
)

HASH = "c84759f5b0e515558e8f74438a0b1993"


def instant(text: str) -> Instant:
    return read_date(text, DatePolicy(date(2024, 1, 1)))


def test_the_title_hash_is_128_bits_of_sha_256_over_the_domain_and_the_normal_form():
    by_hand = hashlib.sha256(b"article-etl/title/1\x00" + b"councilapprovesbudget").hexdigest()
    assert title_hash("councilapprovesbudget") == by_hand[:32] == HASH
    assert RECIPE_VERSION == 1
    assert title_hash("习近平") == "2a6890cc5c986edd8360283f18b10771"


def test_the_key_is_the_instant_as_precisely_as_it_is_known_and_the_title_hash():
    assert article_key(instant("2023-09-22 10:49:00"), HASH) == f"2023-09-22T10:49:00Z/{HASH}"
    assert article_key(instant("2023-09-22T10:49:00.999+08:00"), HASH) == f"2023-09-22T02:49:00Z/{HASH}"
    assert article_key(instant("2023-09-22"), HASH) == f"2023-09-22/{HASH}"


def test_an_undated_key_is_told_by_title_and_body():
    by_hand = hashlib.sha256(b"article-etl/body/1\x00Body.").hexdigest()[:32]
    assert undated_key(HASH, "Body.") == f"undated/{HASH}-{by_hand}"
    assert undated_key(HASH, "Body.") != undated_key(HASH, "Other.")


SAID = {
    "title": "Council approves budget",
    "body": "First.\n\nSecond “quoted”.",
    "authors": ["Li Han"],
    "editor": "Baohua",
    "tags": ["Standing", "Committee"],
    "language": "en",
    "url": "https://example.org/a",
    "extra": {"b": 1, "a": {"z": None, "y": [1.5, "x"]}},
}


def test_the_content_hash_is_xxh3_over_json_with_sorted_keys():
    order = ("title", "body", "authors", "editor", "tags", "language", "url", "extra")
    values = [SAID[name] for name in order]
    by_hand = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert content_hash(**SAID) == xxhash.xxh3_128_hexdigest(by_hand.encode(), 1)


def test_the_content_hash_is_frozen_and_does_not_heed_the_order_of_extra_fields():
    assert content_hash(**SAID) == "c98132fda8cb602b4d4fafea51d32b80"
    again = {"a": {"y": [1.5, "x"], "z": None}, "b": 1}
    assert content_hash(**{**SAID, "extra": again}) == content_hash(**SAID)
    empty = {"editor": None, "language": None, "url": None, "authors": [], "tags": [], "extra": {}}
    assert content_hash(**{**SAID, **empty}) == "0e2dc685564fe45cbe73cda58de3ef95"


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Council approves Budget"},
        {"body": "First.\n\nSecond."},
        {"authors": ["Li", "Han"]},
        {"authors": [], "tags": ["Li Han", "Standing", "Committee"]},
        {"editor": None},
        {"tags": ["Committee", "Standing"]},
        {"language": None},
        {"url": None},
        {"extra": {}},
        {"extra": {"b": 1.0, "a": {"z": None, "y": [1.5, "x"]}}},
    ],
)
def test_whatever_an_article_says_otherwise_is_another_content(other):
    assert content_hash(**{**SAID, **other}) != content_hash(**SAID)


def test_half_a_character_is_refused():
    with pytest.raises(Refusal) as refused:
        content_hash(**{**SAID, "body": "\ud800"})
    assert refused.value.reason == "bad_value"
    with pytest.raises(Refusal):
        attribution("s", {"raw": "\ud800", "precision": "day", "zone": "assumed", "from": "date"}, [])


PUBLISHED = {"raw": "2023-09-22 10:49:00", "precision": "second", "zone": "assumed", "from": "published"}


def test_the_attribution_is_frozen_and_heeds_all_that_it_covers():
    digest = attribution("seed", PUBLISHED, [])
    assert digest == "2ae0dc81"
    others = [
        attribution("other", PUBLISHED, []),
        attribution("seed", PUBLISHED, ["no_body"]),
        attribution("seed", None, []),
        *(attribution("seed", {**PUBLISHED, name: "x"}, []) for name in PUBLISHED),
    ]
    assert len({digest, *others}) == len(others) + 1


def test_the_rank_is_frozen():
    assert (
        rank("2023-09-22T13:15:31.000Z", 3456, HASH, "0badcafe")
        == f"2023-09-22T13:15:31.000Z/00003456/{HASH}/0badcafe"
    )
    assert rank(None, 3456, HASH, "0badcafe") == f"-/00003456/{HASH}/0badcafe"
    assert rank(None, 10**12, HASH, "0badcafe").split("/")[1] == "99999999"


def test_ranks_order_by_time_then_length_then_content_then_attribution():
    ordered = [
        rank(None, 99_999_999, "f" * 32, "ffffffff"),
        rank("2023-09-22T00:00:00.000Z", 5, "f" * 32, "ffffffff"),
        rank("2023-09-22T13:15:31.000Z", 9, "f" * 32, "ffffffff"),
        rank("2023-09-22T13:15:31.001Z", 9, "0" * 32, "00000000"),
        rank("2023-09-22T13:15:31.001Z", 10, "0" * 32, "00000000"),
        rank("2023-09-22T13:15:31.001Z", 10, "1" * 32, "00000000"),
        rank("2023-09-22T13:15:31.001Z", 10, "1" * 32, "00000001"),
    ]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("1695388531", "2023-09-22T13:15:31.000Z"),
        ("1695388531007", "2023-09-22T13:15:31.007Z"),
        ("2023-09-22", "2023-09-22T00:00:00.000Z"),
        ("2023-09-22T10:49:00.6849Z", "2023-09-22T10:49:00.684Z"),
    ],
)
def test_an_instant_in_a_rank_has_three_decimals(text, millis):
    assert instant(text).millis == millis
    assert instant(text).utc == datetime.fromisoformat(millis).replace(tzinfo=None)


@given(st.text(max_size=200))
def test_the_title_hash_is_what_hashlib_makes_of_any_text(form):
    by_hand = hashlib.sha256(b"article-etl/title/1\x00" + form.encode()).hexdigest()
    assert title_hash(form) == by_hand[:32]
