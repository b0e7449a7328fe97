"""When a page says that its article was published."""

import json

import pytest

from etl.extract.html import page_fields
from tests.extract.html.pages import CANONICAL, JSON_LD, linked, meta, page

AT = "2023-09-22T10:49:00+02:00"


@pytest.mark.parametrize(
    ("head", "body", "published", "by"),
    [
        (
            linked(datePublished=AT) + meta("article:published_time", "2023-09-22T11:00:00+02:00"),
            "",
            AT,
            "json-ld",
        ),
        (meta("article:published_time", AT), "", AT, "meta"),
        ('<meta name="DC.date.issued" content="2023-09-22">', "", "2023-09-22", "meta"),
        ('<meta itemprop="datePublished" content="2023-09-22">', "", "2023-09-22", "meta"),
        ("", f'<span itemprop="datePublished" content="{AT}">today</span>', AT, "microdata"),
        ("", f'<time datetime="{AT}">today</time>', AT, "time"),
        ("", '<p class="date">22.09.2023 10:49</p>', "22.09.2023 10:49", "text"),
        ("", "<p>Published: Fri, 22 Sep 2023 10:49:00 +0200</p>", "Fri, 22 Sep 2023 10:49:00 +0200", "text"),
        (
            "",
            "<div class=meta>Ann Smith | 22 September 2023, 10:49 | City</div>",
            "22 September 2023, 10:49",
            "text",
        ),
        # said more fully by another one
        (linked(datePublished="2023-09-22T10:49:00") + meta("article:published_time", AT), "", AT, "meta"),
        (linked(datePublished="2023-09-22") + meta("article:published_time", AT), "", AT, "meta"),
        (linked(datePublished="2023-09-22T00:00:00Z") + meta("article:published_time", AT), "", AT, "meta"),
        (linked(datePublished="September 22, 2023") + meta("article:published_time", AT), "", AT, "meta"),
        (linked(datePublished="2023-09-22T10:49:00"), f'<time datetime="{AT}">x</time>', AT, "time"),
        (
            linked(datePublished="2023-09-22T10:49:00") + meta("date", "2023-09-22T08:49:00Z"),
            "",
            "2023-09-22T08:49:00Z",
            "meta",
        ),
        # of the same day, but of another event
        (
            linked(datePublished="2023-09-22T10:49:00") + meta("date", "2023-09-22T12:31:17Z"),
            "",
            "2023-09-22T10:49:00",
            "json-ld",
        ),
        # not a date, though it stands where one should
        (linked(datePublished="0000-00-00 00:00:00") + meta("article:published_time", AT), "", AT, "meta"),
        (
            linked(datePublished="1970-01-01T01:00:00+01:00") + meta("article:published_time", AT),
            "",
            AT,
            "meta",
        ),
        (linked(datePublished="") + meta("article:published_time", AT), "", AT, "meta"),
        # dates of something else
        (
            "",
            f'<aside><time datetime="2020-01-01">x</time></aside><time datetime="{AT}">x</time>',
            AT,
            "time",
        ),
        (
            "",
            f'<time class="updated" datetime="2023-09-23">x</time><time datetime="{AT}">x</time>',
            AT,
            "time",
        ),
        ("", '<div class="related-item"><time datetime="2020-01-01">x</time></div>', None, None),
        ("", "<p>Updated: 22 September 2023, 10:49</p>", None, None),
    ],
)
def test_the_date_is_the_articles_own(head, body, published, by):
    fields = page_fields(page(head, body))
    assert fields.get("published") == published
    assert fields.get("published_by") == by
    assert "date_disagreement" not in fields


@pytest.mark.parametrize(
    ("one", "another", "disagree"),
    [
        (AT, "2023-09-25T08:49:00Z", True),
        (AT, "2023-09-22T08:49:00Z", False),
        ("2023-09-22T23:30:00-05:00", "2023-09-23", False),
        ("2023-09-22", "2023-09-23", False),  # a day somewhere in the world may be the next one elsewhere
        ("2023-09-22", "2023-09-25", True),
        ("2023-09-22T10:00:00", "2023-09-22T08:00:00Z", False),
        ("22 September 2023", "2023-09-29", False),
    ],
)
def test_statements_of_other_days_are_shown(one, another, disagree):
    fields = page_fields(page(linked(datePublished=one) + meta("article:published_time", another)))
    assert fields.get("date_disagreement") == ([f"json-ld: {one}", f"meta: {another}"] if disagree else None)


def test_a_change_is_no_publication():
    fields = page_fields(page(linked(dateModified=AT)))
    assert "published" not in fields
    assert fields["modified"] == AT


@pytest.mark.parametrize(
    "script",
    [
        '[{"@type": "WebSite"}, {"@type": ["NewsArticle"], "datePublished": "AT"}]',
        '{"@graph": [{"@type": "http://schema.org/NewsArticle", "datePublished": "AT"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "ReportageNewsArticle", "datePublished": "AT"}}',
        '{"@type": "WebPage", "datePublished": "2020-01-01"}</script><script type="application/ld+json">'
        '{"@type": "BlogPosting", "datePublished": "AT"}',
        '<!-- {"@type": "NewsArticle", "datePublished": "AT"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "AT"}\n//]]>',
        '{"@type": "NewsArticle", "description": "two\nlines", "datePublished": "AT"}',
        '{"@type": "NewsArticle", "datePublished": "AT",}',
        '{"@type": "NewsArticle", "datePublished": "AT"};',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;datePublished&quot;: &quot;AT&quot;}",
        '{"@type": "NewsArticle", "description": "a "quoted" word", "datePublished": "AT"}',
        '{"@type": "NewsArticle", "datePublished": ["AT"]}',
        '{"@type": "NewsArticle", "datePublished": "AT", "itemListElement": [{"@type": "NewsArticle"}]}',
    ],
)
def test_linked_data_is_read_however_it_was_written(script):
    data = page(f"{JSON_LD}{script.replace('AT', AT)}</script>")
    assert page_fields(data)["published"] == AT


def test_of_several_articles_the_one_with_the_pages_address_counts():
    others = [
        {"@type": "NewsArticle", "url": f"https://www.harbour.example/{n}", "datePublished": f"2020-01-0{n}"}
        for n in (1, 2, 3)
    ]
    script = f"{JSON_LD}{json.dumps(others)}</script>"
    assert page_fields(page(CANONICAL.replace("/1", "/2") + script))["published"] == "2020-01-02"
