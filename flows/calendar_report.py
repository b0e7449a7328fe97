"""The coverage calendar as the artifact `coverage-calendar`: days down, sources across."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from etl.watch.calendar import Calendar, Cell, Row
from etl.watch.page import mend
from flows.links import plain

ACROSS = 8
"""Sources in one table; more of them make further tables."""

MOST_GAPS = 40

_SIGNS = {"loaded": "🟩", "partial": "🟧", "failed": "🟥", "missing": "⬜"}
_SHADES = "▁▃▅▆█"


def publish_calendar(calendar: Calendar, links: str) -> UUID:
    """The calendar as an artifact, and its id; `links` lead elsewhere, as markdown."""
    from prefect.artifacts import create_markdown_artifact  # the shell shows a calendar without Prefect

    made = create_markdown_artifact(
        calendar_markdown(calendar, links),
        key="coverage-calendar",
        description=f"Coverage {calendar.days.first} to {calendar.days.last}",
    )
    assert isinstance(made, UUID)  # noqa: S101 - the same function is a coroutine elsewhere
    return made


def calendar_markdown(calendar: Calendar, links: str = "") -> str:
    """The calendar in markdown: what each sign means, the table, and what mends the gaps."""
    lines = [f"# Coverage {calendar.days.first} to {calendar.days.last}", ""]
    lines += [links, ""] if links else []
    lines += [
        "🟩 loaded · 🟧 partial · 🟥 failed · ⬜ missing · then records, and ▁▃▅▆█ how they compare with "
        "the source's usual day (▅ is usual)",
        "",
    ]
    for first in range(0, len(calendar.rows), ACROSS):
        lines += [*_table(calendar, calendar.rows[first : first + ACROSS]), ""]
    gaps = [(row, state, gap) for row in calendar.rows for state, gap in row.gaps()]
    if gaps:
        lines += ["## Gaps", "", "| source | days | state | what takes them again |", "|---|---|---|---|"]
        for row, state, gap in gaps[:MOST_GAPS]:
            days = str(gap.first) if gap.first == gap.last else f"{gap.first} to {gap.last}"
            command = mend(row, state, gap.first, gap.last)
            lines.append(f"| {plain(row.source)} | {days} | {_SIGNS[state]} {state} | `{command}` |")
        if len(gaps) > MOST_GAPS:
            lines += ["", f"and {len(gaps) - MOST_GAPS} more: `article-etl status --html FILE`"]
    else:
        lines += ["No gaps: every day that was due is loaded."]
    return "\n".join(lines)


def _table(calendar: Calendar, rows: Sequence[Row]) -> Iterator[str]:
    yield f"| day | {' | '.join(plain(row.source) for row in rows)} |"
    yield "|---" * (len(rows) + 1) + "|"
    for n, day in reversed(list(enumerate(calendar.each_day()))):
        yield f"| {day:%a} {day} | {' | '.join(_cell(row.cells[n]) for row in rows)} |"


def _cell(cell: Cell) -> str:
    if cell.state == "none":
        return "·"
    if cell.state == "missing":
        return f"{_SIGNS['missing']} missing"
    word = "" if cell.state == "loaded" else f" {cell.state}"
    return f"{_SIGNS[cell.state]} {_SHADES[cell.shade]} {cell.counts.read:,}{word}"
