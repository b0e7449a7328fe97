"""Records as well-known services write them, with no source described: the shipped field names serve."""

from datetime import UTC, datetime

import pytest

from etl.model import Article, Rejection
from tests.transform.rules import BODY, normalized

AT = datetime(2023, 9, 22, 10, 49)

SERVICES = {
    "WordPress": {
        "date": "2023-09-22T12:49:00", "date_gmt": "2023-09-22T10:49:00",
        "title": {"rendered": "Ferry &#8211; tram"},
        "content": {"rendered": f"<p>{BODY}</p>", "protected": False},
        "excerpt": {"rendered": "<p>One ticket</p>"},
    },
    "Ghost": {
        "title": "Ferry – tram", "html": f"<p>{BODY}</p>", "created_at": "2023-09-20T10:49:00Z",
        "published_at": "2023-09-22T10:49:00.000Z", "excerpt": "One ticket",
    },
    "Guardian": {
        "webTitle": "Ferry – tram", "webPublicationDate": "2023-09-22T10:49:00Z",
        "fields": {"bodyText": BODY, "trailText": "One ticket"},
    },
    "New York Times": {
        "headline": {"main": "Ferry – tram", "kicker": None}, "pub_date": "2023-09-22T10:49:00+0000",
        "lead_paragraph": BODY, "abstract": "One ticket",
    },
    "Event Registry": {
        "title": "Ferry – tram", "body": BODY, "date": "2023-09-22", "time": "11:00:00",
        "dateTime": "2023-09-22T11:00:00Z", "dateTimePub": "2023-09-22T10:49:00Z",
    },
    "NewsData": {
        "title": "Ferry – tram", "description": BODY, "content": "ONLY AVAILABLE IN PAID PLANS",
        "pubDate": "2023-09-22 10:49:00", "pubDateTZ": "UTC", "language": "english",
    },
    "NewsData, in India": {
        "title": "Ferry – tram", "content": BODY, "pubDate": "2023-09-22 16:19:00",
        "pubDateTZ": "Asia/Kolkata",
    },
    "Scrapy": {"headline": ["Ferry – tram"], "date": ["2023-09-22T10:49:00Z"], "body": [BODY]},
    "webz.io": {
        "title": "Ferry – tram", "text": BODY, "published": "2023-09-22T13:49:00.000+03:00",
        "crawled": "2023-09-22T14:49:00.000+03:00", "thread": {"title": "Ferry – tram | Post"},
    },
    "Kaggle": {"Headline": "Ferry – tram", "Date published": "2023-09-22 10:49:00", "Article text": BODY},
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_record_gives_its_title_its_body_and_its_instant(service):
    article = normalized(SERVICES[service])
    assert isinstance(article, Article), article
    assert (article.title, article.published_at, article.body) == ("Ferry – tram", AT, BODY)


@pytest.mark.parametrize("service", ["WordPress", "NewsData", "NewsData, in India"])
def test_a_zone_that_the_record_states_goes_before_the_sources(service):
    article = normalized(SERVICES[service], timezone="Asia/Tokyo")
    assert article.published_at == AT
    assert article.published["zone"] == "explicit"


def test_the_rest_of_an_object_that_held_a_text_is_kept():
    assert normalized(SERVICES["WordPress"]).extra["content"] == {"protected": False}


def test_what_a_service_took_down_is_no_article():
    taken_down = {"title": "[Removed]", "content": "[Removed]", "publishedAt": "1970-01-01T00:00:00Z"}
    rejection = normalized(taken_down)
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "not_an_article"


@pytest.mark.parametrize(
    ("language", "shown", "text", "expected"),
    [
        ("de", False, "03.04.2023, 10:49 Uhr", "2023-04-03T10:49:00"),
        ("fr-FR", True, "03/04/2023 10:49", "2023-04-03T10:49:00"),
        ("en-GB", True, "03/04/2023 10:49", "2023-04-03T10:49:00"),
        ("ru", False, "22 сентября 2023, 10:49", "2023-09-22T10:49:00"),
        ("russian", False, "22 сентября 2023, 10:49", "2023-09-22T10:49:00"),
        # What publishing systems say unless they are told otherwise, and what a program may have written.
        ("en-US", True, "03/04/2023 10:49", None),
        ("en", True, "03/04/2023 10:49", None),
        ("fr-CA", True, "03/04/2023 10:49", None),
        ("fr-FR", False, "03/04/2023 10:49", None),
    ],
)
def test_the_language_that_a_record_states_reads_its_date_where_it_is_certain(
    language, shown, text, expected
):
    fields = {"title": "Ferry", "body": BODY, "published": text, "language": language}
    article = normalized(fields | ({"published_by": "text"} if shown else {}))
    if expected is None:
        assert article.reason == "ambiguous_date"
    else:
        assert article.published_at == datetime.fromisoformat(expected).replace(tzinfo=UTC).replace(
            tzinfo=None
        )


def test_a_sources_own_languages_go_before_the_records():
    fields = {"title": "Ferry", "body": BODY, "published": "22 сентября 2023", "language": "ru"}
    assert normalized(fields, languages=("fr",)).reason == "unreadable_date"


def test_a_search_engines_hit_gives_its_source():
    fields = {"title": "Ferry and tram", "date": "2023-09-22T10:49:00Z", "content": BODY}
    article = normalized({"_index": "news", "_id": "1", "_source": fields})
    assert (article.title, article.body) == ("Ferry and tram", BODY)
    assert article.extra == {"_index": "news", "_id": "1"}
