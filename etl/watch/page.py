"""The coverage calendar and the last runs as one HTML page: no script, no network, light and dark.

Drawn as SVG from plain values by the template beside this file. Everything that comes from a dump or from
the configuration passes Jinja's escaping; a content policy in the page forbids scripts all the same.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from etl.load.runs import Run
from etl.watch.calendar import Calendar, Cell, Row

WIDTH = 880
"""About how many pixels the days take; few days are not drawn wider, many scroll."""

SPARK_WIDTH, SPARK_HEIGHT = 220, 34


class RunLine(msgspec.Struct, frozen=True):
    """A run as the page shows it."""

    run: Run
    state: str
    seconds: float | None
    counts: dict[str, int]
    trouble: str
    """What stopped it, or how many dumps failed."""


class Spark(msgspec.Struct, frozen=True):
    """A source's volumes as bars."""

    bars: tuple[tuple[float, float, float, str], ...]
    """x, width, height, state."""
    most: int
    last: int | None


def render(
    calendar: Calendar, runs: Sequence[Run], articles: int, at: datetime, alarms: Sequence[str] = ()
) -> str:
    """The page.

    Args:
        calendar: The calendar.
        runs: The last runs, newest first.
        articles: How many there are.
        at: The moment that it shows; naive UTC.
        alarms: What is wrong now, in words.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # 4 MiB that only this needs
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("etl.watch", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["n"] = lambda number: f"{number:,}"
    days = calendar.each_day()
    step = max(9, min(34, WIDTH // len(days)))
    return environment.get_template("page.html.jinja").render(
        calendar=calendar,
        days=days,
        step=step,
        ticks=[(n, day) for n, day in enumerate(days) if _ticked(n, day, step)],
        rows=calendar.rows,
        sparks={row.source: spark(row) for row in calendar.rows},
        spark_width=SPARK_WIDTH,
        spark_height=SPARK_HEIGHT,
        gaps=[(row, state, gap) for row in calendar.rows for state, gap in row.gaps()],
        sums={
            state: sum(row.days(state) for row in calendar.rows)
            for state in ("loaded", "partial", "failed", "missing")
        },
        runs=[_line(run, at) for run in runs],
        articles=articles,
        at=at,
        alarms=alarms,
        tell=tell,
        mend=mend,
        empty=Markup("&nbsp;"),
    )


def tell(source: str, cell: Cell) -> str:
    """A cell in words."""
    start = f"{source}, {cell.day:%A} {cell.day}: "
    if cell.state == "missing":
        return f"{start}missing, no dump is loaded"
    if cell.state == "none":
        return f"{start}nothing, and nothing was due"
    dumps = f"{cell.dumps} loaded" + (f", {cell.failed} failed or cut off" if cell.failed else "")
    counts = cell.counts
    said = f"{start}{cell.state}, {counts.read:,} records (dumps: {dumps}; {counts.rejected:,} rejected)"
    return said + (f"; usual: {cell.usual}" if cell.usual else "")


def mend(row: Row, state: str, first: object, last: object) -> str:
    """The command that takes a gap again."""
    mode = "" if state == "missing" else " --mode failed"
    if row.dated:
        return f"article-etl backfill --from {first} --to {last} --source {row.source}{mode}"
    return f"article-etl nightly --source {row.source}"


def spark(row: Row) -> Spark:
    """The volumes of a source as bars of one height scale; failed and missing days keep a mark."""
    volumes = [cell.counts.read for cell in row.cells]
    most = max(volumes, default=0)
    width = SPARK_WIDTH / len(row.cells)
    bars = []
    for n, cell in enumerate(row.cells):
        height = (SPARK_HEIGHT - 2) * cell.counts.read / most if most else 0.0
        if cell.state == "none":
            continue
        bars.append(
            (round(n * width, 2), round(max(1.0, width - 1), 2), round(max(2.0, height), 2), cell.state)
        )
    there = [cell.counts.read for cell in row.cells if cell.state in ("loaded", "partial", "failed")]
    return Spark(tuple(bars), most, there[-1] if there else None)


def _ticked(n: int, day: object, step: int) -> bool:
    """Whether a day has its date above it: each where there is room, else each Monday, or the months."""
    assert hasattr(day, "weekday") and hasattr(day, "day")  # noqa: S101
    return bool(step >= 30 or (day.weekday() == 0 if step >= 12 else day.day in (1, 15)))


def _line(run: Run, at: datetime) -> RunLine:
    report = run.report or {}
    counts = report.get("counts") or {}
    end = run.finished_at
    failed = report.get("failed") or 0
    missed = len(report.get("misses") or ())
    parts = [
        str(report.get("error") or ""),
        f"dumps failed: {failed}" if failed else "",
        f"expectations missed: {missed}" if missed else "",
    ]
    state = run.state_at(at)
    if state == "interrupted" and not report:
        parts = ["killed before it could report"]
    return RunLine(
        run,
        state,
        (end - run.started_at).total_seconds() if end else None,
        {name: int(counts.get(name) or 0) for name in ("read", "inserted", "revised", "rejected")},
        "; ".join(filter(None, parts)),
    )
