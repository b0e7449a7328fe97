"""The ledger held against itself and against the journal, and the quarantine against the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import msgspec
import xxhash

from etl.load.audit import blocks, blocks_by_id, keyed, loads_by_id
from etl.load.entries import counts_of
from etl.load.journal import Journal, Page, Part, Refused, page_of, raw_digest
from etl.load.store import Document, Store
from etl.model import Counts, Reason
from etl.pipeline.verify.finding import BY_HAND, LEDGER, RELOAD, Finding, shown

_pack = msgspec.msgpack.Encoder().encode
_STATES = {"started", "finished", "failed", "interrupted"}
_CLOSED = {"finished", "failed"}


class Entered(msgspec.Struct, frozen=True):
    """A part of the journal, with what the ledger says of its load."""

    page: Page
    part: Part
    load: Document | None
    block: Document | None
    sure: bool
    """Whether it was written to its end."""

    @property
    def current(self) -> bool:
        """Whether the run that entered it is the one that the ledger's load belongs to."""
        return self.load is not None and self.load.get("run") == self.page.run


def entered(store: Store, runs: Mapping[str, str], bad: list[Finding] | None = None) -> Iterator[Entered]:
    """The journal, part by part. Damaged pages go to `bad`.

    Args:
        store: Whose journal it is.
        runs: State of every run.
        bad: Where findings are collected; None where they are not wanted again.
    """
    rows: list[Document] = []
    for row in Journal(store).rows():
        rows.append(row)
        if len(rows) == 50:
            yield from _entered(store, rows, runs, bad)
            rows = []
    yield from _entered(store, rows, runs, bad)


def _entered(
    store: Store, rows: list[Document], runs: Mapping[str, str], bad: list[Finding] | None
) -> Iterator[Entered]:
    pages = []
    for row in rows:
        try:
            pages.append(page_of(row))
        except ValueError as error:
            if bad is not None:
                rule = "its bytes can be read"
                bad.append(Finding("journal", str(row["_id"]), rule, str(error), "versions", LEDGER))
    loads = loads_by_id(store, [part.load for page in pages for part in page.parts])
    names = [f"{part.load}#{page.block}" for page in pages if page.block is not None for part in page.parts]
    there = blocks_by_id(store, names) if names else {}
    for page in pages:
        for part in page.parts:
            load = loads.get(part.load)
            block = there.get(f"{part.load}#{page.block}") if page.block is not None else None
            yield Entered(page, part, load, block, _sure(page, load, block, runs.get(page.run, "")))


def _sure(page: Page, load: Document | None, block: Document | None, run: str) -> bool:
    if run == "rolling_back":
        return False
    if page.replay:
        return run.startswith("completed")
    if page.block is not None:
        return block is None or block["state"] != "writing"
    return load is None or load["state"] != "started"


class Numbers:
    """The numbers of each load and block, as the journal has them."""

    def __init__(self) -> None:
        self.refused: dict[str, tuple[bool, set[int]]] = {}
        """By entry of the quarantine: whether it must be there, and what may be said in it."""
        self.blocks: set[int] = set()
        self.runs: set[str] = set()
        self.copied: set[int] = set()
        """Small loads that were entered more than once: outcomes of copies are not all in the ledger."""
        self._small: set[int] = set()

    def enter(self, each: Entered) -> Iterator[Finding]:
        """Enter a part of the journal, and hold the ledger's numbers against it."""
        page, part = each.page, each.part
        self.runs.add(page.run)
        if page.block is not None:
            self.blocks.add(xxhash.xxh3_64_intdigest(f"{part.load}#{page.block}".encode()))
        else:
            small = xxhash.xxh3_64_intdigest(part.load.encode())
            (self.copied if small in self._small else self._small).add(small)
        for refused in part.refused:
            sure, said = self.refused.get(refused.entry, (False, set()))
            said.add(_said(refused))
            self.refused[refused.entry] = (sure or each.sure, said)
        if page.replay or page.kept or not each.current:
            return
        if each.load is None:
            return
        counts = _counts(each.block or {}) if page.block is not None else _counts(each.load)
        closed = (
            (each.block or {}).get("state") == "written"
            if page.block is not None
            else (each.load["state"] in _CLOSED)
        )
        run = (each.block or {}).get("run") if page.block is not None else each.load["run"]
        if counts is None or not closed or run != page.run:
            return
        lines = len(page.lines) // 16
        read, rejected = len(part.versions) + len(part.refused) + lines, len(part.refused)
        if (counts.read, counts.rejected) != (read, rejected):
            where = "load_blocks" if page.block is not None else "loads"
            name = f"{part.load}#{page.block}" if page.block is not None else part.load
            found = f"{counts.read} read, {counts.rejected} rejected"
            expected = f"{read} read, {rejected} rejected, as its journal has them"
            yield Finding(where, name, "counts", found, expected, LEDGER)


def _said(refused: Refused) -> int:
    return xxhash.xxh3_64_intdigest(
        _pack((refused.entry, refused.stage, refused.reason, refused.detail, refused.raw))
    )


def check_ledger(store: Store, numbers: Numbers, runs: Mapping[str, str]) -> Iterator[Finding | str]:
    """Every load and its blocks; gives the name `loads` for each that was looked at."""
    own = groupby(blocks(store), lambda row: str(row["_id"]).rpartition("#")[0])
    held = next(own, None)
    for load in keyed(store.loads, store):
        while held is not None and held[0] < load["_id"]:
            yield from _orphans(held[0], held[1])
            held = next(own, None)
        mine: list[Document] = []
        if held is not None and held[0] == load["_id"]:
            mine = list(held[1])
            held = next(own, None)
        yield "loads"
        yield from _check_load(load, mine, numbers, runs)
    while held is not None:
        yield from _orphans(held[0], held[1])
        held = next(own, None)


def _orphans(load: str, rows: Iterable[Document]) -> Iterator[Finding]:
    for row in rows:
        yield Finding("load_blocks", row["_id"], "its load is in the ledger", "no load", load, LEDGER)


def _check_load(
    load: Document, mine: list[Document], numbers: Numbers, runs: Mapping[str, str]
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
        yield from _check_blocks(load, mine, counts, numbers)
    elif counts is not None and _told(load, numbers):
        told = dict.fromkeys("irsd", 0) | Counter(load["outcomes"])
        for letter, name in (("i", "inserted"), ("r", "revised"), ("s", "superseded"), ("d", "duplicate")):
            if getattr(counts, name) != told[letter]:
                yield finding(f"the counts are its outcomes: {name}", getattr(counts, name), told[letter])


def _told(load: Document, numbers: Numbers) -> bool:
    """Whether a small load's outcomes are those of one attempt alone, so that its counts must be theirs."""
    once = load.get("attempts") == 1 and load["state"] == "finished"
    name = xxhash.xxh3_64_intdigest(str(load["_id"]).encode())
    return once and isinstance(load.get("outcomes"), str) and name not in numbers.copied


def _check_blocks(
    load: Document, mine: list[Document], counts: Counts | None, numbers: Numbers
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
            if load.get("run") and xxhash.xxh3_64_intdigest(name.encode()) not in numbers.blocks:
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


def check_quarantine(store: Store, numbers: Numbers, sample: int | None) -> Iterator[Finding | str]:
    """Every entry against the journal, and the journal against the entries."""
    fields = {"raw_bytes": 1, "raw": 1, "stage": 1, "reason": 1, "detail": 1, "state": 1, "resolved_by": 1}
    reasons = {reason.value for reason in Reason}
    seen: set[str] = set()
    for n, row in enumerate(keyed(store.quarantine, store, projection=fields)):
        name = row["_id"]
        seen.add(name)
        if sample is not None and n >= sample:
            continue
        yield "quarantine"
        raw = row.get("raw")
        if not isinstance(raw, bytes) or row.get("reason") not in reasons:
            rule = "raw bytes and a reason"
            yield Finding("quarantine", name, rule, shown(row.get("reason")), "bytes, a reason", BY_HAND)
            continue
        if row.get("state") not in ("open", "resolved", "discarded"):
            rule = "state"
            yield Finding(
                "quarantine", name, rule, shown(row.get("state")), "open, resolved, discarded", BY_HAND
            )
        known = numbers.refused.get(name)
        if known is None:
            rule = "the journal knows a record that was rejected so"
            yield Finding("quarantine", name, rule, "none", "one", BY_HAND)
            continue
        said = Refused(
            name, str(row.get("stage")), str(row["reason"]), str(row.get("detail")), raw_digest(raw)
        )
        if _said(said) not in known[1]:
            rule = "stage, reason, detail and raw bytes are as the record was rejected"
            found = shown({n: row.get(n) for n in ("stage", "reason", "detail")})
            yield Finding("quarantine", name, rule, found, "those in the journal", RELOAD)
    for name, (sure, _) in numbers.refused.items():
        if sure and name not in seen:
            rule = "what was rejected is in quarantine"
            yield Finding("quarantine", name, rule, "no entry", "an entry", RELOAD)


def _counts(document: Mapping[str, Any]) -> Counts | None:
    try:
        return counts_of(document["counts"]) if document.get("counts") else None
    except TypeError:
        return Counts(read=-1)
