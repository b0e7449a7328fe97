"""The blocks of a large dump into the store, each with its entry in the ledger.

Every write waits for the server's journal, however little it brings. So blocks are gathered and written
together (`group.py`), above all those of which little is new: of a dump that was loaded before in another
version, only the changed part is parsed (`known.py`).
"""

from etl.extract.lines import digest_of
from etl.extract.types import Batch, LineBlock, LineReader, Skipped
from etl.load.encode import packed
from etl.load.ledger import Ledger
from etl.load.store import Store
from etl.model import Article, DumpStamp, RawRecord
from etl.pipeline.group import Block, GroupWriter
from etl.pipeline.job import Job
from etl.pipeline.known import NOTHING, Known, Unchanged
from etl.pipeline.recent import Recent, Repeats
from etl.pipeline.seen import FieldTally
from etl.pipeline.sorting import normalizer_for, sort_out
from etl.sources import Source

GROUP_BYTES = 13 << 19
"""Size from which on a group of blocks is written: four blocks of everyday articles of which all is new, one
of the shortest. Each further one would take 4 MiB of memory in each worker."""

_latest: tuple[str, Known] | None = None


def known_before(ledger: Ledger, stamp: DumpStamp) -> Known:
    """What the dump held when it was last loaded in another version; read once a process."""
    global _latest  # noqa: PLW0603 - all chunks of a dump need the same one
    previous = ledger.previous(stamp)
    if previous is None:
        return NOTHING
    if _latest is None or _latest[0] != previous.id:
        blocks = {block.digest: block.counts.read for block in ledger.blocks(previous.id) if block.digest}
        _latest = (previous.id, Known(blocks, ledger.record_digests(previous.id), previous.id))
    return _latest[1]


class BlockWriter:
    """Writes the blocks of one dump."""

    def __init__(self, load_id: str, stamp: DumpStamp, source: Source, job: Job, store: Store) -> None:
        self.load_id = load_id
        self._stamp = stamp
        self._normalizer = normalizer_for(source, job)
        ledger = Ledger(store)
        self._passed_over: list[Skipped] = []
        self.fields = FieldTally(source)
        """Of some of the records that were read."""
        self._known = known_before(ledger, stamp)
        self._writer = GroupWriter(load_id, stamp, store, self._known.load)
        self.done = frozenset(ledger.blocks_done(load_id))
        """Blocks that an earlier attempt finished."""
        self._begun = ledger.blocks_begun(load_id)
        self._recent = Recent()
        self._group: list[Block] = []
        self._size = 0
        self._full = False

    def notices(self) -> tuple[str, ...]:
        """What was found in the dump and not read."""
        return tuple(f"{skipped.uri}: {skipped.reason}" for skipped in self._passed_over)

    def take(self, batch: Batch) -> None:
        """Transform one block, to be written with those that follow it.

        Raises:
            StoreError: as `flush` does, where those before it cannot wait.
        """
        self._passed_over += batch.skipped
        # What a dead attempt wrote together is written together again, for it was decided together.
        begun = self._begun.get(batch.number)
        if self._group and begun != self._begun.get(self._group[0].number):
            self.flush()
        block = self._block(batch)
        if block.cut_short:
            self.flush()  # should the dump be tried again, the block is, and by itself
        self._group.append(block)
        self._size += block.size
        self._full = block.cut_short or (begun is None and self._size >= GROUP_BYTES)

    def write(self) -> None:
        """Write what was taken, once it is enough to be worth it. Raises StoreError."""
        if self._full:
            self.flush()

    def flush(self) -> None:
        """Write all that was taken.

        Raises:
            StoreError: the store is gone or refuses; the blocks can be written again.
        """
        group, self._group, self._size, self._full = self._group, [], 0, False
        if group:
            self._writer.write(group)

    def _block(self, batch: Batch) -> Block:
        if batch.block is None or batch.read is None or batch.cut_short or self._stamp.days:
            found = sort_out(self.fields.watch(batch.records), self._normalizer, self._stamp)
            found = found._replace(articles=packed(found.articles))
            return Block(batch.number, found, cut_short=batch.cut_short)
        data = batch.block.data
        digest = digest_of(data)
        kept = self._known.records_of(digest)
        if kept is not None:
            # Its lines are entered again: the next version of the dump is held against this one alone.
            lines = [digest_of(line) for line in data.split(b"\n") if line and not line.isspace()]
            return Block(batch.number, digest=digest, same=lines, kept=kept)
        read = batch.read
        unchanged = Unchanged(self._known)
        repeats = Repeats(self._recent, self._stamp, lambda *line: self._read_again(read, *line))

        def wanted(digest: bytes, line: bytes, record: int, offset: int) -> bool:
            return unchanged.changed(digest) and repeats.wants(digest, line, record, offset)

        records = read(batch.block, wanted if self._known else repeats.wants)
        found = sort_out(self.fields.watch(records), self._normalizer, self._stamp)
        self._recent.learn(found.articles)
        found = found._replace(articles=repeats.among(packed(found.articles)))
        return Block(batch.number, found, digest=digest, same=unchanged.lines)

    def _read_again(self, read: LineReader, line: bytes, record: int, offset: int) -> Article:
        """The article of a line that gave one before."""
        (again,) = read(LineBlock(0, offset, record, line, len(line)))
        article = self._normalizer(again, self._stamp) if isinstance(again, RawRecord) else again
        assert isinstance(article, Article)  # noqa: S101 - the same bytes by the same rules
        return article
