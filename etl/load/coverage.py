"""Coverage: what the ledger holds for each source and day, and which days are missing."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import msgspec

from etl.load.entries import counts_of
from etl.load.store import Document, Store
from etl.model import Counts

DayState = Literal["loaded", "partial", "failed", "missing"]

BACK = timedelta(days=13)
"""How far before the last day a look goes when nobody says."""


class DayCoverage(msgspec.Struct, frozen=True):
    """One source on one day."""

    source: str
    day: date
    """The day that its dumps declare; for dumps without one, the day that they were loaded."""
    state: DayState
    """partial: some of its dumps failed or were cut off; missing: a gap between days that are there."""
    loaded: int = 0
    failed: int = 0
    counts: Counts = Counts()


def coverage(
    store: Store, *, first: date | None = None, last: date | None = None, sources: Sequence[str] = ()
) -> list[DayCoverage]:
    """Coverage by source and day, gaps of sources with dated dumps included.

    Raises:
        StoreError: the store is gone.
    """
    query = {"source": {"$in": list(sources)}} if sources else {}
    fields = {"source": 1, "declared": 1, "finished_at": 1, "started_at": 1, "state": 1, "counts": 1}
    rows = store.call("the look-up of coverage", lambda: list(store.loads.find(query, fields)))
    found: dict[tuple[str, date], DayCoverage] = {}
    dated: set[str] = set()
    for row in rows:
        when = row.get("finished_at") or row["started_at"]
        day = date.fromisoformat(row["declared"]) if row.get("declared") else when.date()
        if row.get("declared"):
            dated.add(row["source"])
        key = (row["source"], day)
        found[key] = _with(found.get(key) or DayCoverage(*key, "missing"), row)
    until = last or max((day for _, day in found), default=date.min)
    since = first or (until - BACK if until > date.min + BACK else until)
    chosen = [each for each in found.values() if since <= each.day <= until]
    return sorted([*chosen, *_gaps(chosen, dated)], key=lambda each: (each.source, each.day))


def _with(each: DayCoverage, row: Document) -> DayCoverage:
    whole = row["state"] == "finished"
    loaded, failed = each.loaded + whole, each.failed + (not whole)
    state: DayState = "loaded" if not failed else ("partial" if loaded else "failed")
    counts = each.counts + (counts_of(row["counts"]) if row.get("counts") else Counts())
    return DayCoverage(each.source, each.day, state, loaded, failed, counts)


def _gaps(chosen: list[DayCoverage], dated: set[str]) -> list[DayCoverage]:
    gaps = []
    for source in dated:
        days = sorted(each.day for each in chosen if each.source == source)
        for before, after in pairwise(days):
            between = (after - before).days
            gaps += [DayCoverage(source, before + timedelta(days=n), "missing") for n in range(1, between)]
    return gaps
