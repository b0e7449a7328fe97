"""Twice the input costs less than three times as much, and so on: nothing takes quadratic time."""

import gc
import gzip
import json
import time
from collections.abc import Callable

import pytest

from etl.sources import Format
from etl.transform.markup import drop_title_tags, tags_to_paragraphs, unescape
from tests.fuzz.targets import bodies, dates, titles, whole

ENOUGH = 0.02
"""Seconds of CPU from which a ratio says something."""
LARGEST = 1 << 20


def repeated(unit: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    """What makes about so many bytes of one unit, again and again."""
    return lambda size: before + unit * (size // len(unit)) + after


def in_field(name: str, unit: bytes) -> Callable[[int], bytes]:
    """A line of JSON with the unit again and again in this field."""
    fields = {"title": "A title", "date": "2026-03-01", "body": "Text.", name: "%"}
    before, _, after = json.dumps(fields).encode().partition(b"%")
    return repeated(unit, before, after + b"\n")


def nested_tags(size: int) -> bytes:
    """A line of JSON whose body has tags that form once those within them are dropped."""
    half = size // 3
    return in_field("body", b"<p")(2 * half).replace(b'<p"', b"<p" + b">" * half + b'"')


ITEM = b"<rss><channel><item><title>A title</title>"
TABLE = b"title,date,body\n"
PAGE = b"<title>A title</title>"
SCRIPT = PAGE + b"<script type='application/ld+json'>"
SGML = b"<article><title>A title</title>"
ARC = b"filedesc://x 0.0.0.0 20200101000000 text/plain 5\n1 0 x\n"


def gzip_members(first: bytes) -> Callable[[int], bytes]:
    """A stream in members of one byte."""
    member = gzip.compress(b"x")
    return lambda size: gzip.compress(first) + member * (size // len(member))


READERS: dict[str, tuple[Format, Callable[[int], bytes]]] = {
    "json: opened and never closed": ("json", repeated(b"[")),
    "json: objects in objects": ("json", repeated(b'{"a":')),
    "json: stray quotes": ("json", repeated(b'"a" ', b'[{"title": ')),
    "json: quotes": ("json", repeated(b'"')),
    "json: backslashes": ("json", repeated(b"\\", b'[{"title":"')),
    "json: glued arrays": ("json", repeated(b'[{"a":1}][')),
    "json: every other record broken": ("json", repeated(b'{"a":1},{"a":x},', b"[")),
    "json: strings without an end": ("json", repeated(b'{"a":"\n', b"[")),
    "json: closed and never opened": ("json", repeated(b"]}[")),
    "json: gzip in tiny members": ("json", gzip_members(b'[{"a":"')),
    "jsonl: backslashes": ("jsonl", in_field("body", b"\\\\")),
    "jsonl: blanks in the body": ("jsonl", in_field("body", b" ")),
    "jsonl: wrapped lines in the body": ("jsonl", in_field("body", b" \\n")),
    "jsonl: entities in the body": ("jsonl", in_field("body", b"&amp;lt;")),
    "jsonl: open tags in the body": ("jsonl", in_field("body", b"<a ")),
    "jsonl: nested tags in the body": (
        "jsonl",
        lambda n: in_field("body", b"<p")(n)[:-3] + b">" * (n // 2) + b'"}',
    ),
    "jsonl: an endless date": ("jsonl", in_field("date", b"1")),
    "jsonl: an endless title": ("jsonl", in_field("title", b"<p")),
    "jsonl: names": ("jsonl", in_field("authors", b"Ann and ")),
    "jsonl: tags": ("jsonl", in_field("tags", b"a;")),
    "jsonl: objects on a line": ("jsonl", repeated(b'{"a":1}')),
    "jsonl: no UTF-8": ("jsonl", repeated(b"\xff")),
    "csv: quotes": ("csv", repeated(b'"",', TABLE)),
    "csv: quotes never closed": ("csv", repeated(b'a,"b\n', TABLE)),
    "csv: cells": ("csv", repeated(b"a,")),
    "csv: carriage returns": ("csv", repeated(b"\r")),
    "tsv: tabs": ("tsv", repeated(b"\t", b"title\tdate\n")),
    "text: blank lines": ("text", repeated(b"\n \n", b"A title\n2026-03-01 10:00:00\n", b"x")),
    "text: hash tags": ("text", repeated(b"#a ", b"A title\n2026-03-01\nText\n")),
    "text: reporters": ("text", repeated(b"(Reporter ", b"A title\n2026-03-01\n")),
    "text: bylines": ("text", repeated(b"A. B. ", b"A title\n2026-03-01\nBy ")),
    "text: editors": ("text", repeated(b"Editor: ", b"A title\n")),
    "xml: siblings": ("xml", repeated(b"<article><t>x</t></article>", b"<a>", b"</a>")),
    "xml: tags without an end": ("xml", repeated(b"<article ", b"<article>")),
    "xml: comments": ("xml", repeated(b"<!--", b"<article>")),
    "xml: entities": ("xml", repeated(b"<!ENTITY a 'b'>", b"<!DOCTYPE x [")),
    "xml: attributes": ("xml", repeated(b" a='b'", b"<article", b"></article>")),
    "xml: gzip in tiny members": ("xml", gzip_members(b"<a><article>")),
    "sgml: never closed": ("sgml", repeated(b"<article>")),
    "sgml: nested markup": ("sgml", repeated(b"<b>", SGML, b"</article>")),
    "sgml: paragraphs left open": ("sgml", repeated(b"<p>x ", SGML + b"<body>", b"</article>")),
    "sgml: closed and never opened": (
        "sgml",
        lambda n: SGML + b"<b>" * (n // 8) + b"</xy>" * (n // 8) + b"</article>",
    ),
    "feed: items": ("feed", repeated(b"<item><title>x", b"<rss><channel>")),
    "feed: elements": ("feed", repeated(b"<div>", ITEM + b"<description>")),
    "feed: categories": ("feed", repeated(b"<category>a</category>", ITEM, b"</item></channel></rss>")),
    "feed: authors": ("feed", repeated(b"a@b ", ITEM + b"<author>", b"</author></item></channel></rss>")),
    "feed: namespaces": ("feed", repeated(b" xmlns:a='b'", b"<rss", b"></rss>")),
    "feed: ampersands": ("feed", repeated(b"&", ITEM + b"<description>")),
    "feed: CDATA": ("feed", repeated(b"<![CDATA[", ITEM + b"<description>")),
    "html: elements in elements": ("html", repeated(b"<div>", PAGE)),
    "html: paragraphs left open": ("html", repeated(b"<p>Some words. ", PAGE)),
    "html: dates": ("html", repeated(b"March 1, 2026 at 10:00 ", PAGE + b"<p>")),
    "html: linked data": ("html", repeated(b'{"@graph":[', SCRIPT)),
    "html: attributes": ("html", repeated(b" a=b", PAGE + b"<p")),
    "html: comments": ("html", repeated(b"<!--", PAGE)),
    "warc: heads": ("warc", repeated(b"A: b\r\n", b"WARC/1.0\r\n")),
    "warc: empty records": ("warc", repeated(b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n")),
    "arc: captures": ("warc", repeated(b"http://a 1.1.1.1 20200101000000 text/html 0\n", ARC)),
    "arc: an endless head": ("warc", repeated(b"http://a ", ARC)),
}
"""Adversarial dumps, each of about so many bytes."""


def cost(work: Callable[[bytes], object], data: bytes) -> float:
    """CPU time of one run, in seconds."""
    started = time.process_time()
    work(data)
    return time.process_time() - started


def holds(work: Callable[[bytes], object], make: Callable[[int], bytes]) -> None:
    """Find a size that takes long enough, then double it twice: 4 times the cost where it is linear, 16
    where it is quadratic. A ratio is of the best of several runs, taken in turns."""
    gc.collect()
    gc.freeze()  # else the collector looks through what hundreds of tests left, and that is counted too
    try:
        _hold(work, make)
    finally:
        gc.unfreeze()


def _hold(work: Callable[[bytes], object], make: Callable[[int], bytes]) -> None:
    size = 4 << 10
    while cost(work, make(size)) < ENOUGH:
        size *= 2
        if size > LARGEST:
            return  # megabytes in less than can be measured
    small, large = make(size), make(4 * size)
    once, fourfold = [], []
    for _ in range(4):
        once.append(cost(work, small))
        fourfold.append(cost(work, large))
        if len(once) > 1 and min(fourfold) < 3 * 3 * min(once):
            return
    pytest.fail(f"4 times {size:,} bytes cost {min(fourfold) / min(once):.1f} times as much")


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_linear_time(name: str) -> None:
    format, make = READERS[name]
    holds(lambda data: whole(format, data, slack=1000), make)


@pytest.mark.parametrize(
    "unit", ["9", "1/", "2026-03-01 ", "١", ":", "März ", "a", " ", "\u0301", "+0", "T"], ids=ascii
)
def test_a_date_takes_linear_time(unit: str) -> None:
    holds(dates, lambda n: ("2026-03-01" + unit * (n // len(unit.encode()))).encode())


@pytest.mark.parametrize("unit", ["a", " ", "\u0301", "&amp;", "<", "<b>", "ﷺ", "'", "» ", "1,"], ids=ascii)
def test_a_title_takes_linear_time(unit: str) -> None:
    holds(titles, lambda n: ("Title" + unit * (n // len(unit.encode()))).encode())


@pytest.mark.parametrize("unit", [" ", "\n", " \n", "\u0301", "ﷺ", "\u200b", "Ã©", "\u00a0", "&#"], ids=ascii)
def test_a_body_takes_linear_time(unit: str) -> None:
    holds(bodies, lambda n: ("Body" + unit * (n // len(unit.encode())) + "x").encode())


@pytest.mark.parametrize(
    "unit", ["<", "<!--", "<p", "</", "&", "&#1", "<script>", "<b>", "<a href='"], ids=ascii
)
@pytest.mark.parametrize("work", [unescape, drop_title_tags, tags_to_paragraphs], ids=lambda f: f.__name__)
def test_markup_takes_linear_time(work: Callable[[str], str], unit: str) -> None:
    holds(lambda data: work(data.decode()), lambda n: (unit * (n // len(unit))).encode())
