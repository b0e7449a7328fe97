"""Coverage: what the ledger holds for each source and day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from etl.load.entries import counts_of
from etl.load.store import Document, Store
from etl.model import Counts, Days

DayState = Literal["loaded", "partial", "failed", "missing"]


class DayCoverage(msgspec.Struct, frozen=True):
    """One source on one day."""

    source: str
    day: date
    """The day that its dumps declare; for dumps without one, the day (UTC) that they were loaded."""
    state: DayState
    """partial: some of its dumps failed or were cut off; missing: a gap (see `etl.watch.calendar`)."""
    loaded: int = 0
    """Dumps. Of one that came in several versions, the last one counts."""
    failed: int = 0
    """Dumps that failed or were cut off."""
    counts: Counts = Counts()


def coverage(store: Store, days: Days, sources: Sequence[str] = ()) -> list[DayCoverage]:
    """What the ledger holds of the days, by source and day; of these sources only, if there are any.

    Raises:
        StoreError: the store is gone.
    """
    after = datetime.combine(days.last + timedelta(days=1), time())
    query: Document = {
        "$or": [
            {"declared": {"$gte": days.first.isoformat(), "$lte": days.last.isoformat()}},
            {"declared": None, "started_at": {"$lt": after}},
        ]
    }
    if sources:
        query["source"] = {"$in": list(sources)}
    fields = {"source": 1, "dump": 1, "declared": 1, "days": 1, "state": 1, "counts": 1}
    times = {"finished_at": 1, "started_at": 1}
    rows = store.call("the look-up of coverage", lambda: list(store.loads.find(query, {**fields, **times})))
    last: dict[tuple[str, date, str, str | None], Document] = {}
    for row in sorted(rows, key=lambda row: row["started_at"]):
        day = _day(row)
        if days.first <= day <= days.last:
            last[row["source"], day, row["dump"], row.get("days")] = row
    found: dict[tuple[str, date], DayCoverage] = {}
    for (source, day, _, _), row in last.items():
        found[source, day] = _with(found.get((source, day)) or DayCoverage(source, day, "missing"), row)
    return sorted(found.values(), key=lambda each: (each.source, each.day))


def declared_days(store: Store) -> dict[str, list[date]]:
    """By source, every day that a finished dump of it declares, in order.

    Raises:
        StoreError: the store is gone.
    """
    steps: list[Document] = [
        {"$match": {"state": "finished", "declared": {"$ne": None}}},
        {"$group": {"_id": {"source": "$source", "declared": "$declared"}}},
        {"$sort": {"_id.declared": 1}},
    ]
    rows = store.call("the look-up of declared days", lambda: list(store.loads.aggregate(steps)))
    days: dict[str, list[date]] = {}
    for row in rows:
        days.setdefault(row["_id"]["source"], []).append(date.fromisoformat(row["_id"]["declared"]))
    return days


def last_finished(store: Store) -> dict[str, datetime]:
    """By source, when a dump of it was last finished; naive UTC.

    Raises:
        StoreError: the store is gone.
    """
    steps: list[Document] = [
        {"$match": {"state": "finished"}},
        {"$group": {"_id": "$source", "at": {"$max": "$finished_at"}}},
    ]
    rows = store.call("the look-up of last loads", lambda: list(store.loads.aggregate(steps)))
    return {row["_id"]: row["at"] for row in rows}


def _day(row: Document) -> date:
    if row.get("declared"):
        return date.fromisoformat(row["declared"])
    moment: datetime = row.get("finished_at") or row["started_at"]
    return moment.date()


def _with(each: DayCoverage, row: Document) -> DayCoverage:
    whole = row["state"] == "finished"
    loaded, failed = each.loaded + whole, each.failed + (not whole)
    state: DayState = "loaded" if not failed else ("partial" if loaded else "failed")
    counts = each.counts + (counts_of(row["counts"]) if row.get("counts") else Counts())
    return DayCoverage(each.source, each.day, state, loaded, failed, counts)
