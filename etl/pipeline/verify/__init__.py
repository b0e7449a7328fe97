"""The integrity check: everything that can be computed anew is, and the books are held against each other.

`verify(store, schema)` reads and never writes. It finds nothing in a store that this loader wrote, after
whatever crash: what an attempt that died may have written is neither asked for nor held against it.
"""

import random
import time
from collections.abc import Iterator, Sequence

import msgspec

from etl.load.audit import bounds, keyed, strange_ids
from etl.load.entries import now
from etl.load.runs import Runs
from etl.load.schema import BULK, Schema
from etl.load.store import Store
from etl.pipeline.verify.books import Entered, Numbers, check_ledger, check_quarantine, entered
from etl.pipeline.verify.finding import BY_HAND, LEDGER, SCHEMA, Finding, Verification, shown
from etl.pipeline.verify.fold import Stretch

STRETCH = 100_000
"""Articles whose versions are held in memory at a time: about 60 MB."""
MOST = 200
"""Findings that are kept; the rest are counted."""
PIECES = 20
"""Stretches that a sample is taken in."""


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
    looker.check_journal(runs)
    looker.take(check_ledger(store, looker.numbers, runs))
    looker.take(looker.missing_blocks())
    looker.take(check_quarantine(store, looker.numbers, sample))
    named: set[str] = set(looker.numbers.runs)
    for stretches in _at_once(_stretches(store, sample, seed), sample):
        for each in entered(store, runs):
            for stretch in stretches:
                stretch.enter(each.page, each.part, sure=each.sure, ranked=each.current)
        for stretch in stretches:
            looker.take(stretch.check(store))
            looker.take(stretch.missing((each.page, each.part) for each in entered(store, runs)))
            named |= stretch.runs
    for run in sorted(named - set(runs)):
        looker.take(
            [Finding("runs", run, "a run that brought something is in runs", "none", "a run", LEDGER)]
        )
    return looker.result(time.monotonic() - started)


def _stretches(store: Store, sample: int | None, seed: int | None) -> Iterator[Stretch]:
    each = STRETCH if sample is None else max(1, min(STRETCH, -(-sample // PIECES)))
    cuts: list[str] = ["", *bounds(store, each)]
    ends: Sequence[str | None] = [*cuts[1:], None]
    whole = list(zip(cuts, ends, strict=True))
    if sample is not None and len(whole) > PIECES:
        whole = sorted(random.Random(seed).sample(whole, PIECES), key=lambda cut: cut[0])  # noqa: S311
    for first, last in whole:
        yield Stretch(first, last)


def _at_once(stretches: Iterator[Stretch], sample: int | None) -> Iterator[list[Stretch]]:
    """Those that one look at the journal serves: the small ones of a sample together, else one by one."""
    if sample is not None and sample <= STRETCH:
        yield list(stretches)
        return
    for stretch in stretches:
        yield [stretch]


class _Looker:
    """Collects what is found."""

    def __init__(self, store: Store, most: int) -> None:
        self.numbers = Numbers()
        self._store = store
        self._most = most
        self._findings: list[Finding] = []
        self._total = 0
        self._looked: dict[str, int] = {}
        self._notes: list[str] = []
        self._last_block: dict[str, int] = {}

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

    def check_journal(self, runs: dict[str, str]) -> None:
        """The journal against the ledger."""
        bad: list[Finding] = []
        for each in entered(self._store, runs, bad):
            self.take(self.numbers.enter(each))
            self._note_block(each)
            if each.load is None and not each.page.replay and runs.get(each.page.run) != "rolling_back":
                rule = "the load of what the journal has is in the ledger"
                self.take([Finding("loads", each.part.load, rule, "no load", each.part.dump, LEDGER)])
        self.take(bad)

    def _note_block(self, each: Entered) -> None:
        if each.page.block is not None and each.load is not None and each.load["state"] == "finished":
            known = self._last_block.get(each.part.load, -1)
            if each.block is None and each.page.block > known and each.current:
                self._last_block[each.part.load] = each.page.block

    def missing_blocks(self) -> Iterator[Finding]:
        """Blocks of finished loads that the journal has and the ledger does not."""
        for this, block in self._last_block.items():
            rule = "no block is missing"
            yield Finding("load_blocks", f"{this}#{block}", rule, "none", "a block", LEDGER)

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
