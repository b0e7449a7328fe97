"""What the ledger holds of dumps by their names: how a planner learns what has become of them."""

from collections.abc import Sequence

from etl.load.entries import Load, load_of
from etl.load.store import Store

_NAMES = 1000
"""Names asked for at a time."""


def loads_of(store: Store, source: str, dumps: Sequence[str]) -> dict[str, list[Load]]:
    """Every load of a source's dumps, in any version and by any parser, newest first.

    Args:
        store: The store.
        source: Name of the source.
        dumps: Names (`Dump.uri`) of its dumps; what has no load is not among the results.

    Raises:
        StoreError: the store is gone.
    """
    found: dict[str, list[Load]] = {}
    for first in range(0, len(dumps), _NAMES):
        query = {"source": source, "dump": {"$in": list(dumps[first : first + _NAMES])}}
        rows = store.call(
            "look up loads by dump",
            lambda query=query: list(  # type: ignore[misc]
                store.loads.find(query, {"outcomes": 0, "attempt": 0})
            ),
        )
        for load in sorted(map(load_of, rows), key=lambda load: load.started_at, reverse=True):
            found.setdefault(load.dump, []).append(load)
    return found


def loads_of_run(store: Store, run: str) -> list[Load]:
    """Every load that this run was the last to work on.

    Raises:
        StoreError: the store is gone.
    """
    rows = store.call(
        "look up loads by run",
        lambda: list(store.loads.find({"run": run}, {"outcomes": 0, "attempt": 0})),
    )
    return [load_of(row) for row in rows]
