"""Articles made up for tests: a key, a content and a rank, and everything else filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from etl.load.ledger import BlockDone, BlockPlan, Intent, Ledger
from etl.model import Article, Counts, DumpStamp, Reason, Rejection, Stage

_MIDNIGHT = datetime(2026, 4, 1, tzinfo=UTC).replace(tzinfo=None)


def stamp(n: int = 0, run: str = "run-1", parser: str = "1-0123456789ab") -> DumpStamp:
    """The stamp of the n-th dump."""
    return DumpStamp(source="harbour", dump=f"dumps/{n}.jsonl", sha256=f"{n:064x}", parser=parser, run=run)


def nested(levels: int) -> Any:
    """Objects in objects."""
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def article(key: str, content: str = "A", rank: int = 1, record: int = 1, **fields: Any) -> Article:
    """An article; its rank orders by the number, then by the content, as real ranks do."""
    values: dict[str, Any] = {
        "key": key,
        "title": f"Title of {key}",
        "title_hash": f"hash-{key}",
        "published_at": _MIDNIGHT - timedelta(days=20),
        "published": {"raw": "2026-03-12", "precision": "day", "zone": "assumed", "from": "date"},
        "body": f"The text {content} of {key}.",
        "authors": ["A. Writer"],
        "editor": None,
        "tags": ["harbour"],
        "language": "en",
        "url": None,
        "captured_at": _MIDNIGHT + timedelta(seconds=rank),
        "content_hash": f"content-{content}",
        "rank": f"{rank:06d}-{content}",
        "flags": [],
        "extra": {},
        "stamp": stamp(),
        "record": record,
        "raw": f'{{"key": "{key}", "content": "{content}", "rank": {rank}}}'.encode(),
        "member": None,
        "offset": None,
        "digest": b"",
    }
    return Article(**{**values, **fields})


def rejection(
    record: int = 1, reason: Reason = Reason.UNDATED, raw: bytes = b"{}", detail: str = "x"
) -> Rejection:
    """A record that was rejected."""
    return Rejection(Stage.TRANSFORM, reason, detail, record=record, raw=raw, member="m.jsonl", offset=7)


def intend(
    ledger: Ledger, this: str, block: int, by: DumpStamp, counts: Counts, outcomes: str | None = None
) -> Intent:
    """Enter one block before its first write."""
    return ledger.intend_many(this, by, [BlockPlan(block, counts, outcomes)])[0]


def acknowledge(ledger: Ledger, this: str, block: int, counts: Counts, **more: Any) -> None:
    """Enter that every write of one block is acknowledged."""
    ledger.acknowledge_many(this, [BlockDone(block, counts, **more)])
