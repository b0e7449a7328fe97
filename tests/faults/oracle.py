"""What must come out of the dumps of `corpus`, by a few lines that share nothing with the product."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from etl.load.store import Store

Row = tuple[str, datetime, str]
"""Title, publication (naive UTC), body."""


class Truth(msgspec.Struct, frozen=True):
    """What dumps come to, in whatever order and however often they are loaded."""

    articles: list[Row]
    """One for each sheet: its highest edition. Sorted."""
    reasons: dict[str, int]
    """How many records are rejected, for each reason."""
    read: dict[str, int]
    """How many records each dump has, by its file's name."""

    @property
    def repeated(self) -> int:
        """Good records beyond the first of their sheet: revised, superseded and duplicate together."""
        return sum(self.read.values()) - len(self.articles) - sum(self.reasons.values())


def truth(paths: Iterable[Path]) -> Truth:
    """Read the dumps and take each record at its word."""
    best: dict[int, tuple[int, Row]] = {}
    reasons: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            read[path.name] += 1
            try:
                record = json.loads(line)
            except ValueError:
                reasons["malformed"] += 1
                continue
            if not isinstance(record, dict):
                reasons["not_a_record"] += 1
            elif "expect" in record:
                reasons[record["expect"]] += 1
            else:
                moment = datetime.fromisoformat(record["published_at"]).astimezone(UTC).replace(tzinfo=None)
                row = (record["title"], moment, record["body"])
                best[record["sheet"]] = max(best.get(record["sheet"], (0, row)), (record["edition"], row))
    return Truth(sorted(row for _, row in best.values()), dict(reasons), dict(read))


def assert_holds(store: Store, true: Truth) -> None:
    """The collection, the quarantine and the books are what the dumps say.

    Every dump is `finished`; per dump, read is the sum of the outcomes; over all of them, as many were
    inserted as there are articles, and each other good record was revised, superseded or duplicate.
    """
    found = [(row["title"], row["published_at"], row["body"]) for row in store.articles.find()]
    assert sorted(found) == true.articles, (len(found), len(true.articles))
    rejected = Counter(row["reason"] for row in store.quarantine.find({}, {"reason": 1}))
    assert dict(rejected) == true.reasons, (rejected, true.reasons)

    loads = list(store.loads.find())
    assert {row["state"] for row in loads} == {"finished"}
    assert {Path(row["dump"]).name: row["counts"]["read"] for row in loads} == true.read
    sums: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in loads:
        counts = dict(row["counts"])
        reasons.update(counts.pop("reasons"))
        assert counts.pop("read") == sum(counts.values()), row
        sums.update(counts)
    assert dict(reasons) == true.reasons, (reasons, true.reasons)
    assert (sums["inserted"], sums["rejected"]) == (len(true.articles), sum(true.reasons.values()))
    assert sums["revised"] + sums["superseded"] + sums["duplicate"] == true.repeated
