"""Time of day and zone in columns of their own."""

import pytest

from etl.model import Article
from tests.transform.rules import BODY, normalized


def found(fields, **policy):
    article = normalized({"title": "Ferry and tram", "text": BODY, **fields}, **policy)
    if not isinstance(article, Article):
        return article.reason.value
    published = article.published
    instant = f"{article.published_at:%Y-%m-%dT%H:%M:%S}"
    return instant, published["precision"], published["zone"], published["raw"], sorted(article.extra)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"date": "2023-09-22", "time": "10:49"},
            ("2023-09-22T10:49:00", "minute", "assumed", "2023-09-22 10:49", []),
        ),
        (
            {"Date": "22.09.2023", "Time": "10:49:07", "timezone": "Europe/Berlin"},
            ("2023-09-22T08:49:07", "second", "explicit", "22.09.2023 10:49:07", []),
        ),
        (
            {"pub_date": "2023-09-22", "pub_time": "10:49 PM", "tz": "UTC+2"},
            ("2023-09-22T20:49:00", "minute", "explicit", "2023-09-22 10:49 PM +02:00", []),
        ),
        (
            {"publishDate": "2023-09-22 00:00:00", "publishTime": "10:49"},
            ("2023-09-22T10:49:00", "minute", "assumed", "2023-09-22 10:49", []),
        ),
        (
            {"التاريخ": "22 سبتمبر 2023", "الوقت": "10:49 م"},
            ("2023-09-22T22:49:00", "minute", "assumed", "22 سبتمبر 2023 10:49 م", []),
        ),
        (
            {"published_at": "2023-09-22 10:49:00", "timezone": "Asia/Tokyo"},
            ("2023-09-22T01:49:00", "second", "explicit", "2023-09-22 10:49:00", []),
        ),
        # What is no time of day, or has nothing to say any more, stays where it is.
        (
            {"date": "2023-09-22", "time": "5 minutes"},
            ("2023-09-22T00:00:00", "day", "assumed", "2023-09-22", ["time"]),
        ),
        (
            {"date": "2023-09-22T10:49:00Z", "time": "12:00", "timezone": "Asia/Tokyo"},
            ("2023-09-22T10:49:00", "second", "explicit", "2023-09-22T10:49:00Z", ["time", "timezone"]),
        ),
        (
            {"date": "2023-09-22", "time": ""},
            ("2023-09-22T00:00:00", "day", "assumed", "2023-09-22", []),
        ),
        (
            {"published_at": "2023-09-22", "time": "10:49"},
            ("2023-09-22T00:00:00", "day", "assumed", "2023-09-22", ["time"]),
        ),
    ],
)
def test_a_time_of_day_beside_the_date_completes_it(fields, expected):
    assert found(fields) == expected


def test_a_source_joins_fields_of_any_names_with_plus():
    fields = {"day": "2023-09-22", "clock": "10:49", "where": "Asia/Tokyo"}
    assert found(fields, published_from=("day + clock + where",)) == (
        "2023-09-22T01:49:00", "minute", "explicit", "2023-09-22 10:49", [],
    )  # fmt: skip


def test_of_joined_fields_only_the_first_must_be_filled():
    assert found({"day": "2023-09-22"}, published_from=("day + clock",))[1] == "day"
    assert found({"clock": "10:49"}, published_from=("day + clock",)) == "undated"


def test_joined_fields_that_make_no_date_are_refused():
    assert (
        found({"day": "2023-09-22", "clock": "noonish"}, published_from=("day + clock",)) == "unreadable_date"
    )


def test_an_hour_that_the_zones_clocks_skipped_is_refused():
    fields = {"date": "2023-03-26", "time": "02:30", "timezone": "Europe/Berlin"}
    assert found(fields) == "nonexistent_time"
