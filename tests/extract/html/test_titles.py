"""The headline of a page's article, out of the titles that it has."""

import pytest

from etl.extract.html import page_fields
from tests.extract.html.pages import CANONICAL, LONG, linked, meta, page


@pytest.mark.parametrize(
    ("head", "h1", "title"),
    [
        # what two of them agree on
        (linked(headline="A better title for machines") + meta("og:title", LONG), LONG, LONG),
        (linked(headline=LONG) + meta("og:title", "Wow: one ticket!"), LONG, LONG),
        (linked(headline=LONG) + meta("og:title", f"{LONG} | Harbour Post"), "City", LONG),
        # brands
        (meta("og:title", f"{LONG} - Harbour Post") + meta("og:site_name", "Harbour Post"), "", LONG),
        (f"<title>{LONG} | Harbour Post</title>", LONG, LONG),
        (f"<title>Harbour Post » {LONG}</title>" + meta("og:site_name", "HARBOUR POST"), "", LONG),
        (f"<title>{LONG} - harbour.example</title>{CANONICAL}", "", LONG),
        (meta("og:title", f"{LONG} – news, sport and more"), LONG, LONG),
        # a site's name that is part of the title stays
        (meta("og:title", "Harbour wins") + meta("og:site_name", "Harbour"), "", "Harbour wins"),
        # the heading is the site's, or there are several
        (meta("og:title", LONG) + meta("og:site_name", "Harbour Post"), "Harbour Post", LONG),
        (meta("og:title", LONG), f"Most read</h1><h1>{LONG}", LONG),
        # cut by the program that wrote it
        (linked(headline="Ferry and tram share…") + meta("og:title", LONG), "", LONG),
        (linked(headline="Ferry &quot;and&quot; tram"), "Ferry \"and\" tram", 'Ferry "and" tram'),
        # nothing but a window title, or a lower heading that is named in it
        (f"<title>{LONG}</title>", "", LONG),
        ("", LONG, LONG),
        (f"<svg><title>Logo</title></svg><title>{LONG}</title>", "", LONG),
    ],
)  # fmt: skip
def test_the_title_is_the_articles_own(head, h1, title):
    assert page_fields(page(head, h1=h1))["title"] == title


def test_a_lower_heading_that_the_window_title_names_is_the_title():
    data = page(
        "<title>Harbour Post of the city - Ferry and tram share one ticket</title>", f"<h2>{LONG}</h2>", h1=""
    )
    assert page_fields(data)["title"] == LONG


@pytest.mark.parametrize(
    ("head", "h1", "below"),
    [
        # The h1 is what the window's title ends in: the site's name, or a section's.
        (f"<title>{LONG} « Harbour News Daily</title>", "Harbour News Daily", f"<h2>{LONG}</h2>"),
        (f"<title>{LONG} | City | Harbour</title>", "City", f'<h2 class="entry-title">{LONG}</h2>'),
        # No h1 at all, and an element whose attributes call it the title.
        (f"<title>{LONG}_Harbour_News</title>", "", f'<div class="title">{LONG}</div>'),
        ("<title>Harbour - News</title>", "", f'<div itemprop="headline">{LONG}</div>'),
    ],
)
def test_a_headline_that_is_no_h1_is_found_by_the_window_title_or_by_its_attributes(head, h1, below):
    assert page_fields(page(head, below, h1=h1))["title"] == LONG


def test_a_short_headline_in_chinese_is_as_sure_as_a_longer_one_in_latin_letters():
    data = page(
        "<title>轮渡与电车共用一张票_港口网</title>", '<div class="title">轮渡与电车共用一张票</div>', h1=""
    )
    assert page_fields(data)["title"] == "轮渡与电车共用一张票"


def test_headlines_of_several_stories_are_none_of_the_pages():
    stories = f'<div itemprop="headline">{LONG}</div><div itemprop="headline">{LONG} again</div>'
    assert (
        page_fields(page("<title>Harbour news of today</title>", stories, h1=""))["title"]
        == "Harbour news of today"
    )
