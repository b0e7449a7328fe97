"""The plan of a backfill as a table: for the UI's artifact and for the shell."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from etl.pipeline.backfill import Item, Plan
from flows.links import artifact_link

MOST_ROWS = 1000
NAMED = 3
"""Dumps named in a row; the others are counted."""


def publish_plan(plan: Plan) -> UUID:
    """The plan as the artifact `backfill-plan`, and its id."""
    from prefect.artifacts import create_table_artifact  # the shell shows a plan without Prefect

    made = create_table_artifact(
        plan_rows(plan),
        key="backfill-plan",
        description=f"Backfill {plan.days}, mode {plan.mode}: {plan.summary()} · "
        + artifact_link("report of the last run", "load-summary"),
    )
    assert isinstance(made, UUID)  # noqa: S101 - the same function is a coroutine elsewhere
    return made


Row = dict[str, str | int]


def plan_rows(plan: Plan) -> list[Row]:
    """One row for the dumps of a source and day that are taken, or left, for the same reason."""
    items = sorted(plan.items, key=_order)
    rows = [_row(list(alike)) for _, alike in groupby(items, key=_order)]
    rows += [_empty(source, day) for source, days in plan.empty.items() for day in days]
    rows.sort(key=lambda row: (row["source"], row["day"], row["take"] == "no"))
    if len(rows) > MOST_ROWS:
        hidden = len(rows) - MOST_ROWS + 1
        rows[MOST_ROWS - 1 :] = [{**dict.fromkeys(rows[0], ""), "source": f"and {hidden:,} rows more"}]
    return rows


def _order(item: Item) -> tuple[str, str, bool, str]:
    return item.source, str(item.day or ""), not item.take, item.why


def _row(items: Sequence[Item]) -> Row:
    first = items[0]
    names = ", ".join(item.dump.uri.rsplit("/", 1)[-1] for item in items[:NAMED])
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return {
        "source": first.source,
        "day": str(first.day) if first.day else "by publication",
        "take": "yes" if first.take else "no",
        "why": first.why.value,
        "dumps": len(items),
        "bytes": sum(item.dump.size or 0 for item in items),
        "which": names + more,
    }


def _empty(source: str, day: date) -> Row:
    why = "no dump is there"
    return {"source": source, "day": str(day), "take": "", "why": why, "dumps": 0, "bytes": 0, "which": ""}
