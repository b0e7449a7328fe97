"""The integrity check: everything that can be computed anew is, and the books are held against each other.

`verify(store, schema)` reads and never writes. The journal is read once, and what it says is sorted out on
disk by the ranges of ids that it is about; then each range is held against what is in the store. It finds
nothing in a store that this loader wrote, after whatever crash: what an attempt that died may have written
is neither asked for nor held against it.
"""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from etl.load.audit import keyed, strange_ids
from etl.load.entries import now
from etl.load.runs import Runs
from etl.load.schema import BULK, Schema
from etl.load.store import Store
from etl.pipeline.verify.books import check_ledger, check_part
from etl.pipeline.verify.entered import entered
from etl.pipeline.verify.facts import Facts
from etl.pipeline.verify.finding import BY_HAND, LEDGER, SCHEMA, Finding, Verification, shown
from etl.pipeline.verify.fold import Stretch, lost, pair_of
from etl.pipeline.verify.rejections import check_quarantine

STRETCH = 25_000
"""Articles, loads or entries of the quarantine that are held in memory at a time with all that was said of
them: some 10 MB. What waits for its turn lies in a temporary folder: some 100 bytes a version."""
MOST = 200
"""Findings that are kept; the rest are counted."""


def verify(
    store: Store, schema: Schema, *, sample: int | None = None, most: int = MOST, seed: int | None = None
) -> Verification:
    """Look at the whole store, or at about `sample` articles of it.

    Args:
        store: What is looked at; nothing is written.
        schema: The validators and indexes that it must have.
        sample: About how many articles are recomputed, in stretches of keys taken at random; the ledger is
            looked at whole. None for all.
        most: Findings kept.
        seed: Of the sample.

    Raises:
        StoreError: the store is gone or refuses.
    """
    started = time.monotonic()
    looker = _Looker(store, most)
    runs = looker.check_runs()
    looker.check_schema(schema)
    with TemporaryDirectory(prefix="article-etl-verify-") as folder:
        facts = Facts(Path(folder), store, each=STRETCH, sample=sample, seed=seed)
        bad: list[Finding] = []
        for each in entered(store, runs, bad):
            looker.take(check_part(each, runs.get(each.page.run)))
            facts.enter(each)
        looker.take(bad)
        for part in facts.blocks.parts():
            looker.take(check_ledger(store, runs, facts.blocks.take(part), *facts.blocks.bounds(part)))
        for part in facts.entries.parts():
            first, last = facts.entries.bounds(part)
            looker.take(check_quarantine(store, facts.entries.take(part), first, last, sample))
        named = facts.runs
        missing: set[int] = set()
        for part in facts.folds.parts():
            stretch = Stretch(*facts.folds.bounds(part), facts.folds.take(part))
            looker.take(stretch.check(store))
            named |= stretch.runs
            spare = most - len(missing)
            missing.update(islice(stretch.missing, spare))
            looker.count(max(0, len(stretch.missing) - spare))
    looker.take(_lost(store, runs, missing))
    for run in sorted(named - set(runs)):
        looker.take(
            [Finding("runs", run, "a run that brought something is in runs", "none", "a run", LEDGER)]
        )
    return looker.result(time.monotonic() - started)


def _lost(store: Store, runs: Mapping[str, str], missing: set[int]) -> Iterator[Finding]:
    """What was loaded and is not there, as the journal describes it."""
    for each in entered(store, runs) if missing else ():
        for version in each.part.versions:
            if (pair := pair_of(version)) in missing:
                missing.discard(pair)
                yield lost(version, each.page, each.part)


class _Looker:
    """Collects what is found."""

    def __init__(self, store: Store, most: int) -> None:
        self._store = store
        self._most = most
        self._findings: list[Finding] = []
        self._total = 0
        self._looked: dict[str, int] = {}
        self._notes: list[str] = []

    def take(self, found: "Iterator[Finding | str] | Iterator[Finding] | list[Finding]") -> None:
        for each in found:
            if isinstance(each, str):
                self._looked[each] = self._looked.get(each, 0) + 1
                continue
            self._total += 1
            if len(self._findings) < self._most:
                self._findings.append(each)

    def check_runs(self) -> dict[str, str]:
        """The state of every run; odd ones are findings, killed ones are notes."""
        runs: dict[str, str] = {}
        fields = {"state": 1, "report": 1}
        for row in keyed(self._store.runs, self._store, projection=fields):
            name, state = row["_id"], row.get("state")
            runs[name] = str(state)
            if state == "rolling_back":
                self._notes.append(
                    f"the rollback of run {name} is not finished: article-etl rollback {name} --yes"
                )
            counts = (row.get("report") or {}).get("counts")
            if counts is not None:
                outcomes = ("inserted", "revised", "superseded", "duplicate", "rejected")
                if sum(counts.get(outcome, 0) for outcome in outcomes) != counts.get("read"):
                    rule = "the counts of its report balance"
                    finding = Finding("runs", name, rule, shown(counts), "read is their sum", LEDGER)
                    self.take([finding])
        for run in Runs(self._store).running():
            if run.state_at(now()) == "running":
                said = "is under way: what it is writing may look as if it did not fit"
            else:
                said = "was killed; the next run closes it"
            self._notes.append(f"run {run.id} {said}")
        return runs

    def check_schema(self, schema: Schema) -> None:
        """Indexes, validators, and ids of a wrong type."""
        empty = self._store.call(
            "look at articles", lambda: self._store.articles.find_one({}, {"_id": 1}) is None
        )
        for each in schema.differences(self._store):
            if not (empty and each.collection == BULK and each.what.startswith("index")):
                self.take([Finding(each.collection, each.what, each.what, each.found, each.expected, SCHEMA)])
        for name in schema.collections:
            for strange in strange_ids(self._store, self._store.database[name]):
                self.take([Finding(name, shown(strange), "_id is text", shown(strange), "text", BY_HAND)])

    def count(self, number: int) -> None:
        """So many findings more, of which nothing else is said."""
        self._total += number

    def result(self, seconds: float) -> Verification:
        """All of it."""
        return Verification(
            sound=self._total == 0,
            articles=self._looked.get("articles", 0),
            revisions=self._looked.get("article_revisions", 0),
            loads=self._looked.get("loads", 0),
            quarantine=self._looked.get("quarantine", 0),
            findings=tuple(self._findings),
            total=self._total,
            notes=tuple(self._notes),
            seconds=round(seconds, 3),
        )


def as_json(found: Verification) -> dict[str, object]:
    """The object that `verify --json` prints."""
    plain: dict[str, object] = msgspec.to_builtins(found)
    return plain


__all__ = ["Finding", "Verification", "as_json", "verify"]
