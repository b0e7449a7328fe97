"""Whole answers and exports of news services and crawlers, read with no source described.

Each is a tiny dump of our own in the shape that the service documents. What is asked of all of them: the
title, the instant, the body, the authors, the address and the language.
"""

import csv
import io
from datetime import datetime

import orjson
import pytest

from etl.model import Article, RawRecord, Rejection
from tests.extract.helpers import outcome_of
from tests.transform.rules import STAMP, normalizer_of

T = "Ferry and tram share one ticket"
B = "The ferry and the tram share one ticket from Monday on, the harbour office said."
U = "https://harbour.example/ferry"
AT = "2023-09-22T10:49:00Z"
JANE = ["Jane Doe"]

# A dump, and where it says less than the rest what it says instead: authors, url, language.
DUMPS = {
    "newsapi": ({"status": "ok", "totalResults": 1, "articles": [{
        "source": {"id": None, "name": "Harbour Wire"}, "author": "Jane Doe", "title": T,
        "description": "One.",
        "url": U, "urlToImage": None, "publishedAt": AT, "content": B}]}, {}),
    "newsdata": ({"status": "success", "totalResults": 1, "nextPage": "2", "results": [{
        "article_id": "a", "title": T, "link": U, "keywords": None, "creator": ["Jane Doe"],
        "video_url": None,
        "description": B, "content": "ONLY AVAILABLE IN PAID PLANS", "pubDate": "2023-09-22 06:49:00",
        "pubDateTZ": "America/New_York", "source_id": "hw", "source_url": "https://harbour.example",
        "language": "english", "ai_tag": "ONLY AVAILABLE IN CORPORATE PLANS"}]}, {}),
    "event registry": ({"articles": {"page": 1, "totalResults": 1, "results": [{
        "uri": "7701", "lang": "eng", "date": "2023-09-22", "time": "11:00:00",
        "dateTime": "2023-09-22T11:00:00Z",
        "dateTimePub": AT, "url": U, "title": T, "body": B, "source": {"uri": "harbour.example",
        "title": "Wire"},
        "authors": [{"uri": "jane", "name": "Jane Doe", "type": "author"}]}]}}, {}),
    "gnews": ({"totalArticles": 1, "articles": [{
        "title": T, "description": "One.", "content": B, "url": U, "publishedAt": AT,
        "source": {"name": "Wire", "url": "https://harbour.example"}}]}, {"authors": []}),
    "mediastack": ({"pagination": {"limit": 1, "total": 1}, "data": [{
        "author": "Jane Doe", "title": T, "description": B, "url": U, "source": "Wire",
        "category": "general",
        "language": "en", "country": "gb", "published_at": "2023-09-22T10:49:00+00:00"}]}, {}),
    "guardian": ({"response": {"status": "ok", "results": [{
        "id": "x", "sectionName": "World", "webPublicationDate": AT, "webTitle": T, "webUrl": U,
        "fields": {"headline": T, "bodyText": B, "byline": "Jane Doe"},
        "tags": [{"id": "t", "webTitle": "Ferries"}]}]}}, {}),
    "guardian, one": ({"response": {"status": "ok", "content": {
        "id": "x", "webPublicationDate": AT, "webTitle": T, "webUrl": U,
        "fields": {"body": f"<p>{B}</p>", "byline": "Jane Doe"}}}}, {}),
    "new york times": ({"status": "OK", "response": {"meta": {"hits": 1}, "docs": [{
        "abstract": "One.", "web_url": U, "lead_paragraph": B, "headline": {"main": T, "kicker": "K"},
        "keywords": [{"name": "subject", "value": "Ferries", "rank": 1}],
        "pub_date": "2023-09-22T10:49:00+0000",
        "byline": {"original": "By Jane Doe", "person": []}, "_id": "nyt://1", "uri": "nyt://1"}]}}, {}),
    "bing": ({"_type": "News", "totalEstimatedMatches": 1, "sort": [{"name": "Best match", "id": "r"}],
        "value": [{
        "name": T, "url": U, "description": B, "about": [{"name": "Ferry"}], "provider": [{"name": "Wire"}],
        "datePublished": "2023-09-22T10:49:00.0000000Z"}]}, {"authors": []}),
    "gdelt": ({"articles": [{
        "url": U, "title": T, "seendate": "20230922T104900Z", "domain": "harbour.example",
        "language": "English",
        "sourcecountry": "United Kingdom"}]}, {"authors": [], "body": ""}),
    "webhose": ({"posts": [{
        "thread": {"url": U, "title": f"{T} | Wire", "published": "2023-09-22T13:49:00.000+03:00"},
        "uuid": "u",
        "url": U, "author": "Jane Doe", "published": "2023-09-22T13:49:00.000+03:00", "title": T, "text": B,
        "language": "english", "crawled": "2023-09-23T01:02:03.000+03:00"}], "totalResults": 1}, {}),
    "diffbot": ({"request": {"pageUrl": U, "api": "article"}, "objects": [{
        "type": "article", "title": T, "text": B, "html": f"<p>{B}</p>",
        "date": "Fri, 22 Sep 2023 10:49:00 GMT",
        "author": "Jane Doe", "pageUrl": U, "humanLanguage": "en", "tags": [{"label": "Ferry",
        "score": 0.9}]}]}, {}),
    "reddit": ({"kind": "Listing", "data": {"after": None, "children": [{"kind": "t3", "data": {
        "title": T, "selftext": B, "author": "Jane Doe", "created_utc": 1695379740.0, "url": U}}]}}, {}),
    "hacker news": ({"hits": [{
        "created_at": AT, "title": T, "url": U, "author": "Jane Doe", "points": 3, "story_text": B,
        "objectID": "1"}], "nbHits": 1}, {}),
    "drupal": ({"jsonapi": {"version": "1.0"}, "data": [{"type": "node--article", "id": "uuid",
        "attributes": {
        "langcode": "en", "title": T, "created": "2023-09-22T10:49:00+00:00",
        "changed": "2023-09-23T10:49:00+00:00",
        "body": {"value": f"<p>{B}</p>", "format": "basic_html", "summary": ""}}}]}, {"authors": [],
        "url": None}),
    "wordpress": ([{
        "id": 1, "date": "2023-09-22T12:49:00", "date_gmt": "2023-09-22T10:49:00", "link": U,
        "title": {"rendered": T}, "content": {"rendered": f"<p>{B}</p>\n", "protected": False}, "author": 3,
        "_embedded": {"author": [{"id": 3, "name": "Jane Doe"}]}}], {}),
    "wordpress.com": ({"found": 1, "posts": [{
        "ID": 1, "author": {"ID": 3, "name": "Jane Doe"}, "date": "2023-09-22T12:49:00+02:00",
        "title": T, "URL": U,
        "content": f"<p>{B}</p>", "tags": {"ferry": {"ID": 4, "name": "ferry"}}}]}, {}),
    "ghost": ({"posts": [{
        "id": "1", "title": T, "html": f"<p>{B}</p>", "created_at": "2023-09-20T10:49:00.000+00:00",
        "published_at": "2023-09-22T10:49:00.000+00:00", "url": U,
        "authors": [{"name": "Jane Doe"}]}]}, {}),
    "ghost, exported": ({"db": [{"meta": {"version": "5"}, "data": {
        "posts": [{"id": "1", "title": T, "html": f"<p>{B}</p>", "plaintext": B, "published_at": AT}],
        "users": [{"id": "1", "email": "jane"}]}}]}, {"authors": [], "url": None}),
    "contentful": ({"sys": {"type": "Array"}, "total": 1, "items": [{
        "sys": {"id": "1", "createdAt": "2023-09-20T10:49:00.000Z", "locale": "en-US"},
        "fields": {"title": {"en-US": T}, "publishDate": "2023-09-22T10:49+00:00", "body": {
            "nodeType": "document", "content": [{"nodeType": "paragraph", "content": [
                {"nodeType": "text", "value": B[:20]}, {"nodeType": "text", "value": B[20:]}]}]}}}]},
        {"authors": [], "url": None}),
    "strapi": ({"data": [{"id": 1, "attributes": {
        "title": T, "content": B, "publishedAt": AT, "createdAt": "2023-09-20T10:49:00.000Z",
        "locale": "en"}}]},
        {"authors": [], "url": None}),
    "elasticsearch": ({"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_index": "n", "_id": "1",
        "_source": {
        "title": T, "content": B, "publish_date": AT, "url": U, "author": "Jane Doe"}}]}}, {}),
    "scrapy": ([{
        "title": [f"  {T} "], "url": U, "author": ["By Jane Doe"], "date": ["September 22, 2023 10:49 am"],
        "content": [B]}], {}),
    "newspaper": ({
        "url": U, "title": T, "text": B, "authors": ["Jane Doe"],
        "publish_date": "2023-09-22 10:49:00+00:00",
        "meta_lang": "en", "summary": "One.", "source_url": "https://harbour.example",
        "html": "<html>x"}, {}),
    "news-please": ({
        "authors": ["Jane Doe"], "date_download": "2023-09-23 01:02:03",
        "date_modify": "2023-09-22 23:00:00",
        "date_publish": "2023-09-22 10:49:00", "language": "en", "maintext": B, "text": None, "title": T,
        "title_page": f"{T} | Harbour", "url": U}, {}),
    "news-please, its page's title alone": ({
        "authors": ["Jane Doe"], "date_download": "2023-09-23 01:02:03",
        "date_publish": "2023-09-22 10:49:00",
        "language": "en", "maintext": B, "title": None, "title_page": T, "url": U}, {}),
    "fundus": ([{
        "title": T, "authors": ["Jane Doe"], "publishing_date": "2023-09-22 10:49:00+00:00",
        "lang": "en", "url": U,
        "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [B]}]}}], {}),
    "readability": ({
        "title": T, "byline": "Jane Doe", "lang": "en", "content": f"<div><p>{B}</p></div>",
        "textContent": B,
        "length": 80, "publishedTime": AT}, {"url": None}),
    "mercury": ({
        "title": T, "content": f"<div><p>{B}</p></div>", "author": "Jane Doe", "date_published": AT,
        "url": U,
        "domain": "harbour.example"}, {}),
    "aylien": ({"stories": [{
        "id": 1, "title": T, "body": B, "published_at": AT, "author": {"id": 1, "name": "Jane Doe"},
        "links": {"permalink": U}, "language": "en"}]}, {}),
    "perigon": ({"status": 200, "articles": [{
        "url": U, "authorsByline": "Jane Doe", "title": T, "pubDate": "2023-09-22T10:49:00+00:00",
        "addDate": "2023-09-22T11:49:00+00:00", "content": B}]}, {}),
    "schema.org": ({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": T, "datePublished": AT,
        "dateModified": "2023-09-23T10:49:00Z", "author": [{"@type": "Person", "name": "Jane Doe"}],
        "articleBody": B, "url": U, "inLanguage": "en"}, {}),
    "a list of any name": ({"query": "ferry", "news_results": [{
        "title": T, "link": U, "published_at": AT, "snippet": B}]}, {"authors": []}),
    "by id": ({"123": {"title": T, "date": AT, "content": B, "url": U, "author": "Jane Doe"}}, {}),
    "by address": ({U: {"title": T, "date": AT, "content": B, "author": "Jane Doe"}}, {}),
    "a data frame by columns": ({
        "title": {"0": T}, "date": {"0": AT}, "content": {"0": B}, "url": {"0": U},
        "author": {"0": "Jane Doe"}}, {}),
    "a data frame, split": ({
        "columns": ["title", "date", "content", "url", "author"], "index": [0], "data": [[T, AT, B, U,
        "Jane Doe"]]},
        {}),
}  # fmt: skip


def articles(path):
    records, skipped, error = outcome_of(path)
    assert (skipped, error) == ([], None)
    normalize = normalizer_of()
    return [normalize(record, STAMP) if isinstance(record, RawRecord) else record for record in records]


def table(row, delimiter=","):
    file = io.StringIO()
    writer = csv.DictWriter(file, list(row), delimiter=delimiter)
    writer.writeheader()
    writer.writerow(row)
    return file.getvalue()


@pytest.mark.parametrize("service", DUMPS)
def test_a_services_dump_gives_its_article_without_a_source(tmp_path, service):
    dump, otherwise = DUMPS[service]
    path = tmp_path / "dump.json"
    path.write_bytes(orjson.dumps(dump))
    (article,) = articles(path)
    assert isinstance(article, Article), article
    assert (article.title, article.published_at) == (T, datetime.fromisoformat(AT[:-1]))
    found = {
        "body": article.body, "authors": article.authors, "url": article.url,
        "language": article.language or "en",
    }  # fmt: skip
    assert found == {"body": B, "authors": JANE, "url": U, "language": "en"} | otherwise


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256"])
def test_an_arabic_corpus_in_markup_without_a_root_is_read_once_its_record_is_named(tmp_path, encoding):
    title, text = "افتتاح خط العبارة الجديد", "أعلنت إدارة الميناء صباح اليوم عن افتتاح خط العبارة & الترام."
    one = (
        f"<SABANEWS>\n<ID>SAB_1</ID>\n<URL>{U}?a=1&b=2</URL>\n<Headline>{title}</Headline>\n"
        f"<Dateline>الجمعة 22 سبتمبر 2023</Dateline>\n<Text>{text}</Text>\n</SABANEWS>\n"
    )
    (tmp_path / "a.xml").write_bytes((one * 2).encode(encoding))
    records, _, error = outcome_of(tmp_path / "a.xml", record="SABANEWS")
    assert (len(records), error) == (2, None)
    article = normalizer_of()(records[1], STAMP)
    assert (article.title, article.body, article.url) == (title, text, f"{U}?a=1&b=2")
    assert article.published_at == datetime(2023, 9, 22)


def test_newsdatas_table_gives_lists_from_cells_and_the_clock_in_its_zone(tmp_path):
    row = {
        "article_id": "a", "title": T, "link": U, "keywords": "['ferry', 'tram']",
        "creator": "['Jane Doe']",
        "description": B, "content": "ONLY AVAILABLE IN PAID PLANS", "pubDate": "2023-09-22 06:49:00",
        "pubDateTZ": "America/New_York", "language": "english",
    }  # fmt: skip
    (tmp_path / "a.csv").write_text(table(row))
    (article,) = articles(tmp_path / "a.csv")
    assert (article.authors, article.tags, article.body) == (JANE, ["ferry", "tram"], B)
    assert article.published_at == datetime(2023, 9, 22, 10, 49)
    assert article.published["zone"] == "explicit"


def test_a_body_that_a_service_cut_says_so_and_loses_the_mark(tmp_path):
    content = f"{B} Passengers may change at\r\nthe pier… [+2345 chars]"
    one = {"title": T, "publishedAt": AT, "description": "One.", "content": content}
    (tmp_path / "a.json").write_bytes(orjson.dumps({"articles": [one, one | {"content": f"{B} See [1]"}]}))
    cut, whole = articles(tmp_path / "a.json")
    assert cut.body.endswith("the pier…")
    assert (cut.flags, cut.extra) == (["body_cut"], {"description": "One."})
    assert (whole.flags, whole.body) == ([], f"{B} See [1]")


def test_each_record_that_is_kept_by_an_id_keeps_it(tmp_path):
    records = {"a1": {"title": T, "date": AT}, "a2": {"title": f"{T} 2", "date": AT, "id": 7}}
    (tmp_path / "a.json").write_bytes(orjson.dumps({"count": {"n": 2}, "articles": records}))
    first, second = articles(tmp_path / "a.json")
    assert (first.extra, second.extra) == ({"id": "a1"}, {"id": 7})
    assert orjson.loads(first.raw) == {"id": "a1", "title": T, "date": AT}


@pytest.mark.parametrize(
    ("dump", "reason"),
    [
        # Which of two lists is meant, nobody can tell.
        ({"top": [{"title": T, "date": AT}], "more": [{"title": T, "date": AT}]}, "no_title"),
        # A page of a list is no article, and a person is none.
        ({"name": "Jane", "works": [{"title": T, "date": AT}]}, "undated"),
        (
            {"author": {"name": "Jane Doe", "title": "Dr."}, "site": {"name": "Wire", "title": "Wire"}},
            "undated",
        ),
    ],
)
def test_an_object_that_may_be_anything_is_not_taken_apart(tmp_path, dump, reason):
    (tmp_path / "a.json").write_bytes(orjson.dumps(dump))
    found = articles(tmp_path / "a.json")
    assert {one.reason.value for one in found if isinstance(one, Rejection)} == {reason}
    assert not [one for one in found if isinstance(one, Article)]
