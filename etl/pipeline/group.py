"""Blocks of a large dump that are written together, each with its entry in the ledger.

The order of writes is what makes the books right after any crash:

1. the ledger's intents, with the outcomes as planned before anything is written,
   and the journal: which versions of which articles the records give,
2. the quarantine, by ids that do not change,
3. the articles,
4. the ledger's acknowledgements, in the order of the blocks.

A block that was intended and not acknowledged is written again; what its first attempt decided holds
for the articles that it came to write, for now the store would call them duplicates. The ledger says
which blocks were one group: what one of them brought may have been written as another's.
"""

from collections.abc import Sequence

import msgspec

from etl.load.articles import ArticleSink
from etl.load.decided import Decided
from etl.load.journal import Journal, Page, block_page_id, part, refused_of
from etl.load.ledger import BlockDone, BlockPlan, Intent, Ledger
from etl.load.plan import letters
from etl.load.quarantine import Quarantine, entry_ids
from etl.load.store import Store
from etl.model import Counts, DumpStamp
from etl.pipeline.sorting import Result, Sorted, refused, shared_out, split

_NOTHING = Sorted([], [], 0)
RECORD_BYTES = 1 << 10
"""What is kept of a record beside its own bytes and its document, about."""
_LINE = 64
"""What a line that is known counts for, in bytes: it is hashed, and its digest stored."""


class Block(msgspec.Struct, frozen=True):
    """A block, read and transformed."""

    number: int
    found: Sorted = _NOTHING
    digest: bytes | None = None
    """Of its bytes; None where it is no block of lines, or not the whole of it is wanted."""
    same: Sequence[bytes] = ()
    """Digests of its lines that the earlier version of the dump had."""
    kept: int | None = None
    """How many records it holds, where it stands as it was: then it has no articles to write."""
    cut_short: bool = False

    @property
    def size(self) -> int:
        """About how much it is, in bytes of records and of what is kept beside them."""
        articles, rejections = self.found.articles, self.found.rejections
        return (
            sum(len(article.raw) for article in articles)
            + sum(len(rejection.raw) for rejection in rejections)
            + RECORD_BYTES * (len(articles) + len(rejections))
            + _LINE * len(self.same)
        )

    def counts(self, outcomes: Sequence[Result]) -> Counts:
        """Its books, given what became of its articles."""
        same = len(self.same) if self.kept is None else self.kept
        counts = self.found.counts(outcomes)
        return counts + Counts(read=same, duplicate=same) if same else counts


class GroupWriter:
    """Writes the groups of one dump."""

    def __init__(self, load_id: str, stamp: DumpStamp, store: Store, earlier: str | None) -> None:
        """`earlier` is the load of the version of the dump that its blocks were held against."""
        self._load_id = load_id
        self._stamp = stamp
        self._store = store
        self._earlier = earlier
        self._ledger = Ledger(store)
        self._sink = ArticleSink(store)
        self._quarantine = Quarantine(store)
        self._journal = Journal(store)

    def write(self, blocks: Sequence[Block]) -> None:
        """Write blocks, in the order of the dump, or write them again after a crash. Raises StoreError."""
        plan = self._sink.plan([article for block in blocks for article in block.found.articles])
        planned = [
            BlockPlan(block.number, block.counts(own), letters(own) if block.kept is None else None)
            for block, own in shared_out(blocks, plan.outcomes)
        ]
        intents = self._ledger.intend_many(self._load_id, self._stamp, planned)
        entered = _Entered(self._store, self._load_id, blocks, planned, intents)
        self._journal.write(*(self._page(block, own) for block, own in shared_out(blocks, plan.outcomes)))
        rejections = [rejection for block in blocks for rejection in block.found.rejections]
        self._quarantine.write(self._stamp, [*refused(plan.outcomes), *rejections])
        resumed = any(intent.resumed for intent in intents)
        outcomes = self._sink.apply(
            plan,
            thorough=resumed,
            intended=entered.intended(plan.outcomes) if resumed else None,
            amend=entered.amend,
            recall=lambda: entered.recall(plan.outcomes),
        )
        if len(refused(outcomes)) != len(refused(plan.outcomes)):
            self._quarantine.write(self._stamp, refused(outcomes))
            self._journal.write(*(self._page(block, own) for block, own in shared_out(blocks, outcomes)))
        done = [_done(block, own) for block, own in shared_out(blocks, outcomes)]
        self._ledger.acknowledge_many(self._load_id, done)

    def _page(self, block: Block, outcomes: Sequence[Result]) -> Page:
        """What the journal says of a block."""
        good, bad = split(block.found, outcomes)
        lines = [article.digest for article in good] if block.digest is not None else None
        return Page(
            id=block_page_id(self._stamp, block.number),
            run=self._stamp.run,
            parts=[part(self._stamp, good, refused_of(entry_ids(self._stamp, bad), bad), lines)],
            block=block.number,
            digest=block.digest,
            of=self._earlier if block.same or block.kept is not None else None,
            lines=b"".join(block.same) if block.kept is None else b"",
            kept=block.digest if block.kept is not None else None,
        )


def _done(block: Block, outcomes: Sequence[Result]) -> BlockDone:
    counts = block.counts(outcomes)
    if block.digest is None:
        return BlockDone(block.number, counts, block.cut_short)
    loaded, _ = split(block.found, outcomes)
    return BlockDone(
        block.number,
        counts,
        block.cut_short,
        # What was rejected is to be looked at again.
        digest=None if counts.rejected else block.digest,
        records=b"".join([*(article.digest for article in loaded), *block.same]),
    )


class _Entered:
    """The outcomes that the ledger has for each block of a group: those of the attempt before this one,
    where it is resumed."""

    def __init__(
        self,
        store: Store,
        load_id: str,
        blocks: Sequence[Block],
        planned: Sequence[BlockPlan],
        intents: Sequence[Intent],
    ) -> None:
        self._blocks = blocks
        self._decided = [
            Decided.block(store, load_id, plan.number, intent, plan.outcomes or "")
            for plan, intent in zip(planned, intents, strict=True)
        ]

    def intended(self, planned: Sequence[Result]) -> str:
        """What was decided for the group; as planned, where nothing was before."""
        intended = self._joined(planned, [each.before for each in self._decided])
        self.amend(intended)
        return intended

    def recall(self, planned: Sequence[Result]) -> str:
        """The same as it is in the ledger now."""
        return self._joined(planned, [each.recall() for each in self._decided])

    def amend(self, outcomes: str) -> None:
        """Enter the outcomes of the group, where others are entered."""
        for (block, own), decided in zip(shared_out(self._blocks, outcomes), self._decided, strict=True):
            if block.found.articles:
                decided.amend(own)

    def _joined(self, planned: Sequence[Result], entered: Sequence[str | None]) -> str:
        """One text; of a block that had been cut short, with what it gives more now as planned."""
        joined = []
        for (_, own), before in zip(shared_out(self._blocks, planned), entered, strict=True):
            known = (before or "")[: len(own)]
            joined.append(known + letters(own[len(known) :]))
        return "".join(joined)
