"""The journal as it is held against the ledger: part by part, with what the ledger says of its load."""

from collections.abc import Iterator, Mapping

import msgspec

from etl.load.audit import blocks_by_id, loads_by_id
from etl.load.journal import Journal, Page, Part, page_of
from etl.load.store import Document, Store
from etl.pipeline.verify.finding import LEDGER, Finding


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
    for row in Journal(store).rows():
        try:
            page = page_of(row)
        except ValueError as error:
            if bad is not None:
                rule = "its bytes can be read"
                bad.append(Finding("journal", str(row["_id"]), rule, str(error), "versions", LEDGER))
            continue
        loads = loads_by_id(store, [part.load for part in page.parts])
        names = [f"{part.load}#{page.block}" for part in page.parts] if page.block is not None else []
        there = blocks_by_id(store, names) if names else {}
        for part in page.parts:
            load = loads.get(part.load)
            block = there.get(f"{part.load}#{page.block}")
            yield Entered(page, part, load, block, _sure(page, load, block, runs.get(page.run, "")))


def _sure(page: Page, load: Document | None, block: Document | None, run: str) -> bool:
    if run == "rolling_back":
        return False
    if page.replay:
        return run.startswith("completed")
    if page.block is not None:
        return block is None or block["state"] != "writing"
    return load is None or load["state"] != "started"
