"""What an earlier version of a dump held, so that a dump that grew or changed costs its changed part.

Blocks and lines are known by 128-bit digests. A block that stands unchanged at its place is not even
split into lines; a line that is known is not parsed. Lines that were rejected are never known: they
are looked at, and rejected, again.

That an unchanged record need not be looked up trusts that nobody edited the store by hand.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from etl.extract.lines import digests_in


class Known:
    """Blocks and lines of a dump's earlier version. 16 bytes a line, sorted; nothing is copied to look up."""

    def __init__(self, blocks: Mapping[bytes, int], lines: Iterable[bytes], load: str | None = None) -> None:
        """Args:
        blocks: digest of a block to how many records it held; only blocks without a rejection.
        lines: digests of lines, of any number of blocks each, joined.
        """
        self.load = load
        """The load of that earlier version."""
        self._blocks = dict(blocks)
        # As texts of one byte a character they are sorted at half the cost of any other kind. Two arrays of
        # 64 bits in place of a list of them: a quarter of the memory.
        texts = [digest.decode("latin-1") for joined in lines for digest in digests_in(joined)]
        texts.sort()
        both = array("Q", "".join(texts).encode("latin-1"))
        if sys.byteorder == "little":
            both.byteswap()
        self._high, self._low = both[0::2], both[1::2]

    def __bool__(self) -> bool:
        return bool(self._blocks or self._high)

    def records_of(self, block: bytes) -> int | None:
        """How many records the unchanged block of this digest holds; None where it is not known."""
        return self._blocks.get(block)

    def __contains__(self, digest: bytes) -> bool:
        """Whether a line of this digest was there."""
        high, low = int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
        at = bisect_left(self._high, high)
        while at < len(self._high) and self._high[at] == high:
            if self._low[at] == low:
                return True
            at += 1
        return False


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
