"""Cases 49 to 59: dates and texts, as fields of JSON records between two sound ones."""

import unicodedata
from typing import Any

from tests.bad_inputs.case import Case, file, line, lines


def _between(number: int, name: str, *found: str, options: tuple[str, ...] = (), **fields: Any) -> Case:
    data = lines("Before") + line(**{"title": "Bad", **fields}) + lines("After")
    return Case(number, name, file("a.jsonl", data), ("Before", *found, "After"), options=options)


def _dates(number: int, reason: str, *dates: Any, options: tuple[str, ...] = ()) -> list[Case]:
    return [
        _between(number, f"date {str(date)[:30]}", reason, published_at=date, options=options)
        for date in dates
    ]


def _page(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


_NFC, _NFD = (unicodedata.normalize(form, "Café déjà à Ñandú") for form in ("NFC", "NFD"))
_MARKS = "A" + "\u0301" * 200_000
_SPACES = "A title" + " " * 40_000 + "with a hole"
_EXPANDING = "\ufdfa" * 1900
_LATIN = "Café in München\n2026-03-01\n\nDas Wetter ist schön."

CASES = [
    *_dates(49, "<incomplete_date>", "10:30", "Friday", "12", "March"),
    *_dates(49, "<incomplete_date>", "Friday 10:30", "2026"),
    *_dates(50, "<unknown_zone> CST", "2026-03-01 10:00 CST", "Sun, 01 Mar 2026 10:00:00 CST"),
    _between(
        50,
        "CST that the source states",
        "Bad",
        published_at="2026-03-01 10:00 CST",
        options=("--set", "zones.CST=Asia/Shanghai"),
    ),
    *_dates(51, "<ambiguous_date> date_order", "01/02/2023", "01.02.2023 10:00"),
    _between(
        51, "order that is configured", "Bad", published_at="01/02/2023", options=("--set", "date_order=DMY")
    ),
    _between(52, "epoch", "Bad", published_at=1772359200),
    _between(52, "epoch in milliseconds as text", "Bad", published_at="1772359200000"),
    _between(52, "epoch of 1979", "<unreadable_date>", published_at=86400 * 3650),
    *_dates(53, "<", "1" * 50, "9" * 400, f"{'1' * 50}-01-01", f"2026-03-01 {'1' * 50}:00"),
    *_dates(54, "<unreadable_date>", "2026-03-01 24:30", "2026-03-01T10:00:61Z", "2026-13-01", "2026-02-30"),
    Case(55, "NFC and NFD are one title", file("a.jsonl", line(_NFC) + line(_NFD)), (_NFC, _NFC)),
    Case(
        56,
        "combining marks in a title",
        file("a.jsonl", lines("Before") + line(_MARKS) + lines("After")),
        2,
        at_least=True,
    ),
    _between(56, "combining marks in a body", "Bad", body=_MARKS * 2),
    _between(57, "spaces in a title", "A title with a hole", title=_SPACES),
    _between(57, "spaces in a body", "Bad", body=("x" + " " * 40_000 + "\n") * 20 + "."),
    _between(57, "spaces in a date", "Bad", published_at=" " * 40_000 + "2026-03-01" + " " * 40_000),
    Case(
        58,
        "title that expands",
        file("a.jsonl", lines("Before") + line(_EXPANDING) + lines("After")),
        2,
        at_least=True,
    ),
    Case(59, "latin-1 page of which nothing is stated", file("a.txt", _page(_LATIN, "latin-1")), 1),
    Case(
        59,
        "bytes that are no text",
        file("a.txt", b"Title\n2026-03-01\n\n" + bytes(range(128, 256)) * 4),
        ("<undecodable>",),
    ),
    Case(
        59,
        "latin-1 stated",
        file("a.txt", _page(_LATIN, "latin-1")),
        ("Café in München",),
        options=("--set", "encoding=latin-1"),
    ),
    Case(59, "utf-16 page", file("a.txt", _page(_LATIN, "utf-16")), ("Café in München",)),
]
