"""The ledger's entries: what they say, and how they are stored."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec

from etl.load.store import Document
from etl.model import Counts, Days, DumpStamp

LoadState = Literal["started", "finished", "failed", "interrupted"]


class Load(msgspec.Struct, frozen=True):
    """One dump content, as one source and parser version read it: an entry of `loads`."""

    id: str
    source: str
    parser: str
    sha256: str
    dump: str
    size: int
    """Bytes on disk."""
    declared: date | None
    state: LoadState
    attempts: int
    run: str
    """The run of the last attempt."""
    started_at: datetime
    finished_at: datetime | None = None
    counts: Counts | None = None
    """Of a started small dump the planned ones; of a started large one None: they are in its blocks."""
    error: str | None = None
    days: Days | None = None
    """The publication days that were taken of it; None where it was taken whole."""
    runs: list[str] = []
    """Every run that worked on it, in their order."""


class Finished(msgspec.Struct, frozen=True):
    """Who finished a load."""

    run: str
    dump: str


class Intent(msgspec.Struct, frozen=True):
    """What stands in the ledger for a piece of work that is about to be written."""

    counts: Counts
    """As planned; by the attempt before this one, if the work is resumed."""
    resumed: bool
    """Whether another attempt intended this work, and may have written it in part or whole."""
    outcomes: str | None = None
    """Of a resumed work, what that attempt decided for each article (`etl.load.plan.letters`)."""
    copy: bool = False
    """Whether the work in the ledger is that of the same bytes under another name, found by the same run."""


class BlockPlan(msgspec.Struct, frozen=True):
    """A block of a large dump that is about to be written."""

    number: int
    """In the dump."""
    counts: Counts
    """Its books as planned."""
    outcomes: str | None = None
    """As planned, for each of its articles (`etl.load.plan.letters`)."""


class BlockDone(msgspec.Struct, frozen=True):
    """A block of which every write is acknowledged."""

    number: int
    counts: Counts
    cut_short: bool = False
    """The dump failed within the block; should the dump be tried again, so is the block."""
    digest: bytes | None = None
    """Of the block's bytes, to know it again in a later version of the dump."""
    records: bytes = b""
    """Digests of its records, joined, to know them again."""


class SmallLoad(msgspec.Struct, frozen=True):
    """A small whole dump, about to be written in one batch with others."""

    load_id: str
    stamp: DumpStamp
    size: int
    counts: Counts
    """As planned."""
    outcomes: str = ""
    """As planned, for each of its articles (`etl.load.plan.letters`)."""


class Block(msgspec.Struct, frozen=True):
    """A block of a large dump, of which every write was acknowledged."""

    number: int
    counts: Counts
    digest: bytes | None
    """Of its bytes, where the writer gave one."""


def load_id(stamp: DumpStamp) -> str:
    """`_id` in `loads`: `<sha256>/<source>/<parser>`, then `/<days>` where only some days are wanted."""
    whole = f"{stamp.sha256}/{stamp.source}/{stamp.parser}"
    return f"{whole}/{stamp.days}" if stamp.days else whole


def load_fields(stamp: DumpStamp, size: int) -> Document:
    """What an entry says of its dump and of who loads it."""
    return {
        "source": stamp.source,
        "dump": stamp.dump,
        "sha256": stamp.sha256,
        "parser": stamp.parser,
        "run": stamp.run,
        "declared": stamp.declared.isoformat() if stamp.declared else None,
        "size": size,
        "days": str(stamp.days) if stamp.days else None,
    }


def load_of(document: Document) -> Load:
    """An entry as it was stored."""
    known = {name: document.get(name) for name in Load.__struct_fields__ if name in document}
    counts = document.get("counts")
    declared = document.get("declared")
    days = document.get("days")
    return Load(
        **{
            **known,
            "id": document["_id"],
            "declared": date.fromisoformat(declared) if declared else None,
            "counts": counts_of(counts) if counts else None,
            "days": Days.parse(days) if days else None,
        }
    )


def stored(counts: Counts) -> Document:
    """Books as they are stored."""
    document: Document = msgspec.structs.asdict(counts)
    return {**document, "reasons": dict(counts.reasons)}


def counts_of(document: Mapping[str, Any]) -> Counts:
    """Books as they were stored."""
    return Counts(**document)


def now() -> datetime:
    """This moment as it is stored: naive UTC, to the millisecond."""
    moment = datetime.now(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
