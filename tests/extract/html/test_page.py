"""A page's text and what else it says; pages that are damaged, empty or hostile."""

import json
import random
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.extract.html import html_page, page_fields
from etl.model import Rejection
from tests.extract.helpers import SHARED, needs_dumps
from tests.extract.html.pages import CANONICAL, JSON_LD, LONG, linked, page
from tests.extract.members import only, read

ODD = SHARED / "dumps" / "trafilatura_odd"


def plain(text):
    """A text as it is compared: in NFC, without soft hyphens, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\xad", "").split())


@needs_dumps
def test_bodies_of_real_pages_hold_what_they_must_and_little_else():
    cases = json.loads((ODD / "evaldata_subset.json").read_text())
    found = wanted = absent = unwanted = 0
    for case in cases.values():
        path = next(
            folder / case["file"]
            for folder in (ODD / "cache", ODD / "eval")
            if (folder / case["file"]).exists()
        )
        body = plain(only(html_page, path.read_bytes()).get("body", ""))
        wanted += len(case["with"])
        found += sum(plain(text) in body for text in case["with"])
        unwanted += len(case["without"])
        absent += sum(plain(text) not in body for text in case["without"])
    assert wanted >= 200
    assert unwanted >= 200
    assert found / wanted >= 0.95
    assert absent / unwanted >= 0.95


@needs_dumps
def test_damaged_real_pages_give_fields_or_a_refusal():
    paths = sorted((ODD / "eval").glob("*.html"))
    luck = random.Random(7)
    for _ in range(8):
        data = bytearray(luck.choice(paths).read_bytes())
        start = luck.randrange(len(data))
        data[start : start + luck.randrange(3000)] = luck.choice(
            [b"", b"\0", b"<", b"<!--", b"</div>" * 50, b"\xff\xfe"]
        )
        try:
            page_fields(bytes(data))
        except Refusal:
            continue


def test_what_else_a_page_says_is_kept():
    head = linked(
        author=[{"@type": "Person", "name": "Ann Smith"}, "Bo Lind"], keywords=["ferry", "tram"],
        publisher={"name": "Harbour Post"}, description="One ticket for both.", articleSection="City",
    ) + CANONICAL  # fmt: skip
    fields = page_fields(page(head))
    assert fields["authors"] == ["Ann Smith", "Bo Lind"]
    assert fields["tags"] == ["ferry", "tram"]
    assert (fields["section"], fields["site"], fields["language"]) == ("City", "Harbour Post", "en")
    assert fields["url"] == "https://www.harbour.example/1"
    assert fields["description"] == "One ticket for both."


def test_the_address_that_a_page_was_fetched_from_goes_before_its_own_word():
    fields = page_fields(page(CANONICAL), url="https://www.harbour.example/1?a")
    assert (fields["url"], fields["canonical"]) == (
        "https://www.harbour.example/1?a",
        "https://www.harbour.example/1",
    )


def test_a_page_that_was_saved_tells_where_from_and_when():
    single = (
        "<!-- Page saved with SingleFile \n url: https://www.harbour.example/1 \n"
        " saved date: Tue Mar 30 2021 11:30:51 GMT+0200 (Central European) -->"
    )
    fields = page_fields(f"<!DOCTYPE html>{single}".encode() + page())
    assert (fields["url"], fields["captured"]) == (
        "https://www.harbour.example/1",
        "Tue Mar 30 2021 11:30:51 GMT+0200",
    )
    wayback = "<!-- FILE ARCHIVED ON 02:42:52 Jun 11, 2012 AND RETRIEVED FROM THE INTERNET ARCHIVE -->"
    assert page_fields(page() + wayback.encode())["captured"] == "2012-06-11T02:42:52Z"


def test_paragraphs_are_separated_by_blank_lines_and_boxes_are_left_out():
    boxes = (
        "<figure><img src=a><figcaption>A ferry</figcaption></figure>"
        "<div class=newsletter><p>Subscribe now!</p></div>"
        "<p>Read also: <a href=/2>Gulls are back in the harbour</a></p>"
        "<p><strong>Gulls <a href=/3>here is more on them</a></strong></p>"
    )
    assert page_fields(page(body=boxes))["body"].split("\n\n") == [
        "From Monday on, one ticket is enough for the ferry and for the tram, the office said on Friday.",
        "The ticket costs two crowns and is sold at every pier. Until now, passengers needed two.",
    ]


def test_the_charset_that_http_stated_is_tried_after_the_pages_own():
    data = page(h1="Паром и трамвай по одному билету", body="<p>С понедельника хватит одного билета.</p>")
    russian = data.decode().encode("koi8-r")
    assert page_fields(russian, ["koi8-r"])["title"] == "Паром и трамвай по одному билету"
    declared = page("<meta charset=koi8-r>", h1="Паром и трамвай по одному билету").decode().encode("koi8-r")
    assert page_fields(declared, ["iso-8859-1"])["title"] == "Паром и трамвай по одному билету"


def test_damage_costs_a_page_only_where_it_is_in_the_article():
    damaged = (
        page("<script>x = '\x00'</script>")
        .replace(b"\x00", b"\xff\xfe\xfd")
        .replace(b"office", "öffice".encode())
    )
    assert page_fields(damaged)["title"] == LONG
    (record,), _ = read(html_page, page(h1="Z\x00rich und die F\u00e4hren").replace(b"\x00", b"\xff"))
    assert (record.reason, record.raw[:5]) == ("undecodable", b"<html")


@pytest.mark.parametrize(
    "data", [b"", b" \n", b"<!-- -->", b"<!--", b"\0\0", b"<html><body></body></html>", b"%"[:0]]
)
def test_a_page_with_nothing_in_it_is_no_article(data):
    (record,), error = read(html_page, data)
    assert (record.reason, error) == ("not_an_article", None)


def test_a_page_over_the_cap_is_rejected():
    (record,), error = read(html_page, page() * 10, limits={"record_bytes": 1024})
    assert (record.reason, error) == ("too_large", None)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 40_000, "<p><b>" * 5_000, "<table><tr><td>" * 8_000, "<" * 200_000, "<!--" * 50_000,
        "<p class='" + "a" * 200_000 + "'>x</p>", "<a href=x>link</a> " * 4_000, "text<br>" * 6_000,
        JSON_LD + "[" * 200_000 + "</script>", JSON_LD + "," + " " * 200_000 + "</script>",
        "<title>" + " | " * 60_000 + "</title>", "<p>12 May 2020</p>" * 4_000,
        "<p>" + "1/" * 100_000 + "</p>",
    ],
    ids=[
        "div", "p-b", "table", "less", "comment", "attribute", "links", "breaks", "json-depth", "json-blanks",
        "title", "dates", "slashes",
    ],
)  # fmt: skip
def test_a_hostile_page_takes_little_time(markup):
    started = time.monotonic()
    read(html_page, page(body=markup))
    assert time.monotonic() - started < 10


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<h1>", "x", "<script>", "</", "<!--", "é", "\0", "<table>", "&", "<time>"]
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_any_markup_gives_fields_or_a_rejection(pieces):
    for record in read(html_page, "".join(pieces).encode())[0]:
        assert isinstance(record, Rejection) or record.fields


def test_the_same_page_gives_the_same_fields():
    data = page(linked(datePublished="2023-09-22"), "<p>Something more.</p>")
    assert page_fields(data) == page_fields(data)
