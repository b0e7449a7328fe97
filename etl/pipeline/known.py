"""What an earlier version of a dump held, so that a dump that grew or changed costs its changed part.

Blocks and lines are known by 128-bit digests. A block that stands unchanged at its place is not even
split into lines; a line that is known is not parsed. Lines that were rejected are never known: they
are looked at, and rejected, again.

That an unchanged record need not be looked up trusts that nobody edited the store by hand.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from etl.extract.lines import DIGEST_BYTES, digests_in

_HEADS = 1 << 16
"""Values of a digest's first two bytes."""


class Known:
    """Blocks and lines of a dump's earlier version. 16 bytes a line: none has an object of its own.

    Digests are spread evenly, so that those which begin with the same two bytes are few: one in a dump of
    65,536 lines.
    """

    def __init__(self, blocks: Mapping[bytes, int], lines: Iterable[bytes], load: str | None = None) -> None:
        """Args:
        blocks: digest of a block to how many records it held; only blocks without a rejection.
        lines: digests of lines, of any number of blocks each, joined.
        """
        self.load = load
        """The load of that earlier version."""
        self._blocks = dict(blocks)
        # As texts of one byte a character they are sorted at half the cost of any other kind.
        texts = [digest.decode("latin-1") for joined in lines for digest in digests_in(joined)]
        texts.sort()
        self._lines = "".join(texts).encode("latin-1")
        heads = array("H", self._lines)[:: DIGEST_BYTES // 2]
        if sys.byteorder == "little":
            heads.byteswap()
        having = Counter(heads)
        sizes = [having[head] * DIGEST_BYTES for head in range(_HEADS)] if having else [0] * _HEADS
        self._starts = array("Q", accumulate(sizes, initial=0))
        """Where the lines of each head begin, and the end."""

    def __bool__(self) -> bool:
        return bool(self._blocks or self._lines)

    def records_of(self, block: bytes) -> int | None:
        """How many records the unchanged block of this digest holds; None where it is not known."""
        return self._blocks.get(block)

    def __contains__(self, digest: bytes) -> bool:
        """Whether a line of this digest was there."""
        head = digest[0] << 8 | digest[1]
        end = self._starts[head + 1]
        at = self._lines.find(digest, self._starts[head], end)
        while at >= 0 and at % DIGEST_BYTES:  # the end of one and the beginning of another
            at = self._lines.find(digest, at + 1, end)
        return at >= 0


class Unchanged:
    """Tells lines that are not known from those that are, and counts these."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.lines: list[bytes] = []
        """Digests of the known lines that were met."""

    def changed(self, digest: bytes) -> bool:
        """Whether a line is not known."""
        if digest in self._known:
            self.lines.append(digest)
            return False
        return True


NOTHING = Known({}, ())
"""Of a dump that was never loaded before."""
