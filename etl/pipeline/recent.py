"""Lines that a worker has just read: one that comes again is neither parsed nor normalized again.

A record that repeats another to the byte gives the same article: its key, content and rank are those that
are remembered, and with them the store is looked up and the books are kept as for any other. Only what
would be written is not at hand; should it have to be after all (the first was taken away in the meantime),
the line is read then. So nothing rests on what is remembered here but the work that it saves.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter

import msgspec

from etl.model import Article, Candidate, DumpStamp, PublishedDocument, Repeat

MOST = 2048
"""Lines of one generation, of which two are kept: 1 KB each."""

ReadAgain = Callable[[bytes, int, int], Article]
"""Reads a line, given its number and offset, which is known to give an article."""


class _Made(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of an article."""

    key: str
    title_hash: str
    published_at: datetime | None
    published: PublishedDocument | None
    captured_at: datetime | None
    content_hash: str
    rank: str
    flags: list[str]


class Recent:
    """The last lines of a dump that gave articles, by their digests."""

    def __init__(self) -> None:
        self._new: dict[bytes, _Made] = {}
        self._old: dict[bytes, _Made] = {}

    def learn(self, articles: Iterable[Candidate]) -> None:
        """Remember the articles of lines, in the place of the oldest ones."""
        if len(self._new) >= MOST:
            self._old, self._new = self._new, {}
        for each in articles:
            self._new[each.digest] = _Made(
                each.key,
                each.title_hash,
                each.published_at,
                each.published,
                each.captured_at,
                each.content_hash,
                each.rank,
                each.flags,
            )

    def get(self, digest: bytes) -> _Made | None:
        """What a line of this digest gave; None where it is not remembered."""
        return self._new.get(digest) or self._old.get(digest)


class Repeats:
    """A line filter that takes out of a block what repeats a recent line."""

    def __init__(self, recent: Recent, stamp: DumpStamp, again: ReadAgain) -> None:
        self.articles: list[Repeat] = []
        """What was taken out, in the order of the lines."""
        self._recent = recent
        self._stamp = stamp
        self._again = again

    def wants(self, digest: bytes, line: bytes, record: int, offset: int) -> bool:
        """Whether a line has to be read."""
        made = self._recent.get(digest)
        if made is None:
            return True
        repeat = Repeat(
            key=made.key,
            title_hash=made.title_hash,
            published_at=made.published_at,
            published=made.published,
            captured_at=made.captured_at,
            content_hash=made.content_hash,
            rank=made.rank,
            flags=made.flags,
            stamp=self._stamp,
            record=record,
            raw=line,
            member=None,
            offset=offset,
            digest=digest,
            again=partial(self._again, line, record, offset),
        )
        self.articles.append(repeat)
        return False

    def among(self, articles: Sequence[Candidate]) -> Sequence[Candidate]:
        """The other articles of the block and those taken out, in the order of the lines."""
        if not self.articles:
            return articles
        return sorted([*articles, *self.articles], key=attrgetter("record"))
