"""Twice the input costs less than three times as much: nothing takes quadratic time."""

import time
from collections.abc import Callable

import pytest

from etl.transform.markup import drop_title_tags, tags_to_paragraphs, unescape
from tests.fuzz.targets import bodies, dates, titles, whole

ENOUGH = 0.04
"""Seconds of CPU from which a ratio says something."""
LARGEST = 1 << 20

ARTICLE = b'{"title": "A title", "date": "2026-03-01", "body": "%s"}\n'

READERS = {
    "json: opened and never closed": ("json", lambda n: b"[" * n),
    "json: stray quotes": ("json", lambda n: b'[{"title": "a" ' * (n // 15)),
    "json: glued arrays": ("json", lambda n: b'[{"a":1}][' * (n // 10)),
    "jsonl: backslashes": ("jsonl", lambda n: ARTICLE % (b"\\\\" * (n // 2))),
    "jsonl: blanks in the body": ("jsonl", lambda n: ARTICLE % (b" " * n + b"x")),
    "jsonl: entities in the body": ("jsonl", lambda n: ARTICLE % (b"&amp;lt;" * (n // 8))),
    "jsonl: open tags in the body": ("jsonl", lambda n: ARTICLE % (b"<a " * (n // 3))),
    "csv: quotes": ("csv", lambda n: b"title,date,body\n" + b'"",' * (n // 3)),
    "text: blank lines": ("text", lambda n: b"A title\n2026-03-01 10:00:00\n" + b"\n \n" * (n // 3) + b"x"),
    "xml: siblings": ("xml", lambda n: b"<a>" + b"<article><t>x</t></article>" * (n // 27) + b"</a>"),
    "sgml: never closed": ("sgml", lambda n: b"<article>" * (n // 9)),
    "feed: items": ("feed", lambda n: b"<rss><channel>" + b"<item><title>x" * (n // 14)),
}


def cost(work: Callable[[bytes], object], data: bytes) -> float:
    """Least CPU time of two runs, in seconds."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        work(data)
        taken.append(time.process_time() - started)
    return min(taken)


def holds(work: Callable[[bytes], object], make: Callable[[int], bytes]) -> None:
    """Find a size that takes long enough, then double it."""
    size = 4 << 10
    once = cost(work, make(size))
    while once < ENOUGH and size < LARGEST:
        size *= 2
        once = cost(work, make(size))
    if once < ENOUGH:
        return  # megabytes in less than can be measured
    ratios = []
    for _ in range(3):
        ratios.append(cost(work, make(2 * size)) / once)
        if ratios[-1] < 3:
            return
        once = cost(work, make(size))
    pytest.fail(f"twice {size:,} bytes cost {min(ratios):.1f} times as much")


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
