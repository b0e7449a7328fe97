"""All that the journal says, sorted out by what it is held against: articles, quarantine, ledger."""

import random
from pathlib import Path

from etl.load.audit import cuts
from etl.load.store import Store
from etl.pipeline.spool import Spool
from etl.pipeline.verify.books import BlockFact, block_fact
from etl.pipeline.verify.entered import Entered
from etl.pipeline.verify.fold import Fold, fold
from etl.pipeline.verify.rejections import EntryFact, entry_fact

PIECES = 20
"""Stretches that a sample is taken in."""


class Facts:
    """All that the journal says.

    Args:
        folder: An empty folder to keep it in.
        store: Whose journal it is.
        each: Articles, entries of the quarantine or loads in a part.
        sample: About how many articles are wanted, in pieces taken at random; None for all.
        seed: Of the sample.
    """

    def __init__(
        self, folder: Path, store: Store, *, each: int, sample: int | None, seed: int | None
    ) -> None:
        piece = each if sample is None else max(1, min(each, -(-sample // PIECES)))
        keys = cuts(store, store.articles, piece)
        chosen = None
        if sample is not None and len(keys) > PIECES:
            chosen = set(random.Random(seed).sample(range(len(keys)), PIECES))  # noqa: S311
        self.folds = Spool(folder / "folds", Fold, keys, chosen)
        # A sample looks into the first entries alone, so that these are all in one part.
        ids = cuts(store, store.quarantine, each) if sample is None else [""]
        self.entries = Spool(folder / "entries", EntryFact, ids)
        self.blocks = Spool(folder / "blocks", BlockFact, cuts(store, store.loads, each))
        self.runs: set[str] = set()

    def enter(self, each: Entered) -> None:
        """Enter a part of the journal."""
        page, part = each.page, each.part
        self.runs.add(page.run)
        block = block_fact(each)
        if block is not None:
            self.blocks.put(part.load, block)
        for refused in part.refused:
            self.entries.put(refused.entry, entry_fact(refused, sure=each.sure))
        for version in part.versions:
            self.folds.put(version.key, fold(version, page, part, sure=each.sure, ranked=each.current))
