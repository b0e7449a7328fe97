"""The quarantine held against the journal."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import xxhash

from etl.load.audit import keyed
from etl.load.journal import Refused, raw_digest
from etl.load.store import Store
from etl.model import Reason
from etl.pipeline.verify.finding import BY_HAND, RELOAD, Finding, shown

_pack = msgspec.msgpack.Encoder().encode


class EntryFact(NamedTuple):
    """What is to be held against the quarantine of a rejection in the journal."""

    entry: str
    sure: bool
    """Whether the entry must be there."""
    said: int
    """What may be said in it."""


def entry_fact(refused: Refused, *, sure: bool) -> EntryFact:
    """A rejection as it is to be held against the quarantine."""
    return EntryFact(refused.entry, sure, _said(refused))


def _said(refused: Refused) -> int:
    return xxhash.xxh3_64_intdigest(
        _pack((refused.entry, refused.stage, refused.reason, refused.detail, refused.raw))
    )


def check_quarantine(
    store: Store,
    facts: Iterable[EntryFact],
    first: str = "",
    last: str | None = None,
    sample: int | None = None,
) -> Iterator[Finding | str]:
    """Every entry in a range of ids against the journal, and the journal against the entries.

    Gives the name `quarantine` for each that was looked into: all, or the first so many of a `sample`.
    """
    known: dict[str, set[int]] = {}
    must: set[str] = set()
    for entry, sure, said in facts:
        known.setdefault(entry, set()).add(said)
        if sure:
            must.add(entry)
    fields = {"raw_bytes": 1, "raw": 1, "stage": 1, "reason": 1, "detail": 1, "state": 1, "resolved_by": 1}
    reasons = {reason.value for reason in Reason}
    for n, row in enumerate(keyed(store.quarantine, store, "_id", first, last, projection=fields)):
        name = row["_id"]
        must.discard(name)
        if sample is not None and n >= sample:
            continue
        yield "quarantine"
        raw = row.get("raw")
        if not isinstance(raw, bytes) or row.get("reason") not in reasons:
            rule = "raw bytes and a reason"
            yield Finding("quarantine", name, rule, shown(row.get("reason")), "bytes, a reason", BY_HAND)
            continue
        if row.get("state") not in ("open", "resolved", "discarded"):
            rule = "state"
            yield Finding(
                "quarantine", name, rule, shown(row.get("state")), "open, resolved, discarded", BY_HAND
            )
        if name not in known:
            rule = "the journal knows a record that was rejected so"
            yield Finding("quarantine", name, rule, "none", "one", BY_HAND)
            continue
        entered = Refused(
            name, str(row.get("stage")), str(row["reason"]), str(row.get("detail")), raw_digest(raw)
        )
        if _said(entered) not in known[name]:
            rule = "stage, reason, detail and raw bytes are as the record was rejected"
            found = shown({n: row.get(n) for n in ("stage", "reason", "detail")})
            yield Finding("quarantine", name, rule, found, "those in the journal", RELOAD)
    for name in sorted(must):
        rule = "what was rejected is in quarantine"
        yield Finding("quarantine", name, rule, "no entry", "an entry", RELOAD)
