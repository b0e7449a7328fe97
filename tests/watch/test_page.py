"""The page: whole by itself, the same for people who see no colours, and safe from what dumps say."""

from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from etl.load.runs import Run
from etl.model import Counts, Days
from etl.watch.calendar import Calendar, Cell, CellState, Row
from etl.watch.page import render

EVIL = "<script>alert(1)</script>\" onload='x'"
STATES: tuple[CellState, ...] = ("loaded", "partial", "failed", "missing", "none")


def made(sources: int, length: int, description: str = "A wire") -> Calendar:
    first = date(2026, 3, 1)
    cells = tuple(
        Cell(first + timedelta(days=n), STATES[n % 5], 1, 0, Counts(read=n, inserted=n), shade=n % 5)
        for n in range(length)
    )
    rows = tuple(Row(f"source-{n}", description, True, cells) for n in range(sources))
    return Calendar(Days(first, cells[-1].day), rows)


def run(**fields: object) -> Run:
    at = datetime(2026, 3, 9, 2, 30)
    values = {
        "kind": "nightly",
        "state": "failed",
        "run_date": "2026-03-09",
        "started_at": at,
        "finished_at": at,
    }
    return Run(**{"id": "r1", "report": {"error": EVIL}, **values, **fields})  # type: ignore[arg-type]


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("sources", [0, 1, 12])
@pytest.mark.parametrize("length", [1, 7, 120])
def test_it_has_a_cell_a_source_and_day_and_a_title_for_each(sources: int, length: int) -> None:
    page = Elements(render(made(sources, length), [run()], 5, datetime(2026, 3, 9)))
    assert page.names.count("g") == sources * length
    assert page.names.count("title") == sources * length + sources + 1


def test_it_needs_nothing_from_anywhere_and_runs_no_script() -> None:
    page = Elements(render(made(3, 30), [run()], 5, datetime(2026, 3, 9), [EVIL]))
    assert not {"script", "link", "iframe", "img", "object"} & set(page.names)
    assert not [value for name, value in page.attributes if name in ("src", "href") or "://" in value]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in page.attributes


def test_what_dumps_and_sources_say_never_becomes_markup() -> None:
    text = render(made(1, 5, EVIL), [run(id=EVIL, kind=EVIL)], 5, datetime(2026, 3, 9), [EVIL])
    assert "<script" not in text
    page = Elements(text)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_gap_comes_with_the_command_that_mends_it() -> None:
    text = render(made(1, 5), [], 5, datetime(2026, 3, 9))
    assert "article-etl backfill --from 2026-03-04 --to 2026-03-04 --source source-0" in text
    assert "--source source-0 --mode failed" in text


def test_a_killed_run_is_shown_as_interrupted_and_not_as_running() -> None:
    killed = run(state="running", report=None, finished_at=None, beat_at=datetime(2026, 3, 9, 2, 31))
    assert "killed before it could report" in render(made(1, 5), [killed], 5, datetime(2026, 3, 9, 3))
    assert "killed" not in render(made(1, 5), [killed], 5, datetime(2026, 3, 9, 2, 32))
