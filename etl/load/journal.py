"""The journal: which version of which article each run's records gave, and which records it rejected.

The articles keep of each content only its greatest rank; who else brought it is not in them. Here it is:
the store must be what the journal adds up to, which is how `verify` knows that something is missing, and
how `rollback` knows what stays when a run is taken back. One document a block of a large dump or a batch
of small ones, written before its articles are, so that the store never holds what the journal does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import xxhash
from isal import isal_zlib
from pymongo import ReplaceOne

from etl.errors import StoreError
from etl.load.entries import load_id, now
from etl.load.quarantine import RAW_BYTES, storable
from etl.load.store import Document, Store
from etl.load.writes import Write, write
from etl.model import Candidate, DumpStamp, PublishedDocument, Rejection

_PAGE = 8
"""Pages in memory at a time; each is of some thousand records, packed."""


class Version(msgspec.Struct, frozen=True, array_like=True):
    """What one record gave: a content of a key, with all that follows the greatest rank of that content."""

    key: str
    content_hash: str
    rank: str
    published_at: datetime | None
    published: PublishedDocument | None
    captured_at: datetime | None
    flags: list[str]
    record: int
    member: str | None
    offset: int | None
    line: bytes = b""
    """Digest of its line, in a dump of lines."""


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """A record that was rejected, as its entry in the quarantine says it."""

    entry: str
    stage: str
    reason: str
    detail: str
    raw: bytes
    """Digest of the bytes that the entry keeps."""


class Part(msgspec.Struct, frozen=True):
    """What one dump gave to a document of the journal."""

    load: str
    source: str
    dump: str
    sha256: str
    parser: str
    versions: list[Version]
    refused: list[Refused] = []


class Page(msgspec.Struct, frozen=True):
    """One document of the journal."""

    id: str
    run: str
    parts: list[Part]
    block: int | None = None
    digest: bytes | None = None
    """Of the block's bytes."""
    of: str | None = None
    """The load of the earlier version of this dump, of which lines were found again and not parsed."""
    lines: bytes = b""
    """Digests of those lines, joined."""
    kept: bytes | None = None
    """Digest of the whole block, where it was found again as it was."""
    replay: bool = False


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Part]).decode


def part(
    stamp: DumpStamp,
    articles: Iterable[Candidate],
    refused: Iterable[Refused],
    lines: Iterable[bytes] | None = None,
) -> Part:
    """What a dump gave. `lines` are the digests of the articles' lines, in their order."""
    digests = iter(lines) if lines is not None else None
    versions = [
        Version(
            each.key,
            each.content_hash,
            each.rank,
            each.published_at,
            each.published,
            each.captured_at,
            each.flags,
            each.record,
            each.member,
            each.offset,
            next(digests) if digests is not None else b"",
        )
        for each in articles
    ]
    return Part(load_id(stamp), stamp.source, stamp.dump, stamp.sha256, stamp.parser, versions, list(refused))


def refused_of(entries: Iterable[str], rejections: Iterable[Rejection]) -> list[Refused]:
    """Rejections as the journal keeps them."""
    return [
        Refused(
            entry,
            each.stage.value,
            each.reason.value,
            storable(each.detail),
            raw_digest(each.raw[:RAW_BYTES]),
        )
        for entry, each in zip(entries, rejections, strict=True)
    ]


def raw_digest(raw: bytes) -> bytes:
    """Digest of an entry's bytes: 8 of XXH3."""
    return xxhash.xxh3_64_digest(raw)


def document(page: Page) -> Document:
    """A page as it is stored."""
    return {
        "_id": page.id,
        "run": page.run,
        "loads": sorted({part.load for part in page.parts}),
        "block": page.block,
        "digest": page.digest,
        "of": page.of,
        "lines": page.lines,
        "kept": page.kept,
        "replay": page.replay,
        "versions": sum(len(part.versions) for part in page.parts),
        "refused": sum(len(part.refused) for part in page.parts),
        "parts": isal_zlib.compress(_encode(page.parts), 1),
        "at": now(),
    }


def page_of(row: Mapping[str, Any]) -> Page:
    """A page as it was stored.

    Raises:
        ValueError: its bytes are damaged.
    """
    try:
        parts = _decode(isal_zlib.decompress(row["parts"]))
    except Exception as error:  # the decompressor's own error class is not a type to the checker
        raise ValueError(f"the journal's page {row['_id']} cannot be read: {error}") from None
    return Page(
        id=row["_id"],
        run=row["run"],
        parts=parts,
        block=row.get("block"),
        digest=row.get("digest"),
        of=row.get("of"),
        lines=row.get("lines") or b"",
        kept=row.get("kept"),
        replay=bool(row.get("replay")),
    )


class Journal:
    """The journal of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, *pages: Page) -> None:
        """Enter pages; a repeated attempt of the same run at the same work replaces its own."""
        replaces: list[Write] = [ReplaceOne({"_id": page.id}, document(page), upsert=True) for page in pages]
        written = write(self._store, "enter what records gave", self._store.journal, replaces)
        for place, why in written.refused.items():
            raise StoreError(f"the journal's page {pages[place].id} is refused: {why}")
        if written.exists:  # by an attempt of ours that was given up for lost
            self.write(*(pages[place] for place in sorted(written.exists)))

    def drop(self, ids: Sequence[str]) -> None:
        """Remove pages."""
        if ids:
            self._store.call(
                "remove pages of the journal",
                lambda: self._store.journal.delete_many({"_id": {"$in": list(ids)}}),
            )

    def pages(self, query: Document | None = None) -> Iterator[Page]:
        """Pages in the order of their ids, a few in memory at a time.

        Raises:
            ValueError: a page is damaged.
        """
        for row in self.rows(query):
            yield page_of(row)

    def rows(self, query: Document | None = None) -> Iterator[Document]:
        """The same as they are stored."""
        after: str | None = None
        while True:
            wanted: Document = dict(query or {})
            if after is not None:
                wanted = {"$and": [wanted, {"_id": {"$gt": after}}]}
            rows = self._store.call(
                "read the journal",
                lambda wanted=wanted: list(  # type: ignore[misc]
                    self._store.journal.find(wanted).sort("_id", 1).limit(_PAGE)
                ),
            )
            yield from rows
            if len(rows) < _PAGE:
                return
            after = rows[-1]["_id"]


def block_page_id(stamp: DumpStamp, block: int) -> str:
    """`_id` of a block's page. A copy under another name, found by the same run, has its own."""
    name = xxhash.xxh3_64_hexdigest(stamp.dump.encode("utf-8", "backslashreplace"))
    return f"{stamp.run}/{load_id(stamp)}#{block}/{name}"


def batch_page_id(run: str, names: Iterable[str]) -> str:
    """`_id` of the page of a batch of small things, by the names of what is in it."""
    joined = "\x00".join(names).encode("utf-8", "backslashreplace")
    return f"{run}/{xxhash.xxh3_128_hexdigest(joined)}"
