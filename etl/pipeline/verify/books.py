"""The ledger held against itself and against the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from etl.extract.lines import DIGEST_BYTES
from etl.load.audit import blocks, keyed
from etl.load.entries import counts_of
from etl.load.store import Document, Store
from etl.model import Counts
from etl.pipeline.verify.entered import Entered
from etl.pipeline.verify.finding import LEDGER, Finding, shown

_STATES = {"started", "finished", "failed", "interrupted"}
_CLOSED = {"finished", "failed"}


class BlockFact(NamedTuple):
    """What is to be held against the ledger of a block in the journal."""

    load: str
    number: int
    lost: bool
    """Whether it must be in the ledger and is not."""


def block_fact(each: Entered) -> BlockFact | None:
    """A part of the journal as it is to be held against the ledger; None where it is of no block."""
    number, load = each.page.block, each.load
    if number is None:
        return None
    finished = load is not None and load["state"] == "finished"
    return BlockFact(each.part.load, number, finished and each.block is None and each.current)


def check_part(each: Entered, run: str | None) -> Iterator[Finding]:
    """A part of the journal against the numbers in the ledger. `run` is the state of its run."""
    page, part = each.page, each.part
    if each.load is None:
        if not page.replay and run != "rolling_back":
            rule = "the load of what the journal has is in the ledger"
            yield Finding("loads", part.load, rule, "no load", part.dump, LEDGER)
        return
    if page.replay or page.kept or not each.current:
        return
    if page.block is None:
        where, name, entry, closed = "loads", part.load, each.load, each.load["state"] in _CLOSED
    else:
        where, name, entry = "load_blocks", f"{part.load}#{page.block}", each.block or {}
        closed = entry.get("state") == "written"
    counts = _counts(entry)
    if counts is None or not closed or entry.get("run") != page.run:
        return
    lines = len(page.lines) // DIGEST_BYTES
    read, rejected = len(part.versions) + len(part.refused) + lines, len(part.refused)
    if (counts.read, counts.rejected) != (read, rejected):
        found = f"{counts.read} read, {counts.rejected} rejected"
        expected = f"{read} read, {rejected} rejected, as its journal has them"
        yield Finding(where, name, "counts", found, expected, LEDGER)


class _Known:
    """What the journal has of the blocks of some loads."""

    def __init__(self, facts: Iterable[BlockFact]) -> None:
        self.blocks: dict[str, set[int]] = {}
        self.lost: dict[str, int] = {}
        """By load, the last block that the journal has and the ledger does not."""
        for load, block, lost in facts:
            self.blocks.setdefault(load, set()).add(block)
            if lost:
                self.lost[load] = max(block, self.lost.get(load, block))


def check_ledger(
    store: Store,
    runs: Mapping[str, str],
    facts: Iterable[BlockFact],
    first: str = "",
    last: str | None = None,
) -> Iterator[Finding | str]:
    """Every load in a range of ids, and its blocks; gives the name `loads` for each that was looked at."""
    known = _Known(facts)
    own = groupby(blocks(store, first, last), lambda row: str(row["_id"]).rpartition("#")[0])
    held = next(own, None)
    for load in keyed(store.loads, store, "_id", first, last):
        while held is not None and held[0] < load["_id"]:
            yield from _orphans(held[0], held[1])
            held = next(own, None)
        mine: list[Document] = []
        if held is not None and held[0] == load["_id"]:
            mine = list(held[1])
            held = next(own, None)
        yield "loads"
        yield from _check_load(load, mine, known, runs)
    while held is not None:
        yield from _orphans(held[0], held[1])
        held = next(own, None)
    for this, block in known.lost.items():
        yield Finding("load_blocks", f"{this}#{block}", "no block is missing", "none", "a block", LEDGER)


def _orphans(load: str, rows: Iterable[Document]) -> Iterator[Finding]:
    for row in rows:
        yield Finding("load_blocks", row["_id"], "its load is in the ledger", "no load", load, LEDGER)


def _check_load(
    load: Document, mine: list[Document], known: _Known, runs: Mapping[str, str]
) -> Iterator[Finding]:
    this, state = load["_id"], load.get("state")

    def finding(rule: str, found: object, expected: object) -> Finding:
        return Finding("loads", this, rule, shown(found), shown(expected), LEDGER)

    name = "/".join(str(load.get(part)) for part in ("sha256", "source", "parser"))
    name += f"/{load['days']}" if load.get("days") else ""
    if this != name:
        yield finding("_id of digest, source, parser and days", this, name)
    if state not in _STATES:
        yield finding("state", state, " or ".join(sorted(_STATES)))
        return
    if load.get("run") not in runs:
        yield finding("its run is in runs", load.get("run"), "a run")
    counts = _counts(load)
    if state == "finished" and (counts is None or load.get("finished_at") is None):
        yield finding("a finished load has counts and a time", load.get("counts"), "counts")
    if counts is not None and not counts.balanced():
        yield finding("the counts balance", load["counts"], "read is the sum of the outcomes")
    if mine:
        yield from _check_blocks(load, mine, counts, known)
    elif counts is not None and state == "finished" and isinstance(load.get("outcomes"), str):
        told = dict.fromkeys("irsd", 0) | Counter(load["outcomes"])
        for letter, name in (("i", "inserted"), ("r", "revised"), ("s", "superseded"), ("d", "duplicate")):
            if getattr(counts, name) != told[letter]:
                yield finding(f"the counts are its outcomes: {name}", getattr(counts, name), told[letter])


def _check_blocks(
    load: Document, mine: list[Document], counts: Counts | None, known: _Known
) -> Iterator[Finding]:
    state = load["state"]
    total = Counts()
    for row in sorted(mine, key=lambda row: str(row.get("block"))):
        own = _counts(row)
        name = str(row["_id"])
        if row.get("load") != load["_id"] or name != f"{load['_id']}#{row.get('block')}":
            yield Finding("load_blocks", name, "_id of load and number", name, str(row.get("block")), LEDGER)
        if own is None or not own.balanced():
            yield Finding(
                "load_blocks", name, "the counts balance", shown(row.get("counts")), "a balance", LEDGER
            )
            continue
        if row["state"] != "writing":
            total += own
            if load.get("run") and row.get("block") not in known.blocks.get(load["_id"], ()):
                yield Finding("journal", name, "a written block has its page", "none", "a page", LEDGER)
        if state == "finished" and row["state"] != "written":
            rule = "every block of a finished load is written"
            yield Finding("load_blocks", name, rule, row["state"], "written", LEDGER)
    if state == "finished":
        there = sorted(row["block"] for row in mine if isinstance(row.get("block"), int))
        if there != list(range(len(there))):
            gap = next(n for n in range(len(there) + 1) if n not in set(there))
            rule = "no block is missing"
            yield Finding("load_blocks", f"{load['_id']}#{gap}", rule, "none", "a block", LEDGER)
    if counts is not None and counts != total and state in ("finished", "failed"):
        rule = "the counts are the sum of its blocks'"
        yield Finding("loads", load["_id"], rule, shown(counts), shown(total), LEDGER)


def _counts(document: Mapping[str, Any]) -> Counts | None:
    try:
        return counts_of(document["counts"]) if document.get("counts") else None
    except TypeError:
        return Counts(read=-1)
