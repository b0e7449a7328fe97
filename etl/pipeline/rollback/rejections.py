"""The quarantine becomes what the other runs rejected."""

import msgspec

from etl.load import undo
from etl.load.journal import Part, Refused
from etl.load.store import Document, Store
from etl.pipeline.rollback.whose import Whose

_CHUNK = 500


def settle_rejections(store: Store, whose: Whose, *, dry_run: bool) -> dict[str, int]:
    """Entries that only the run made go; those of others say again what they said; resolved ones open.

    Returns:
        How many of each, by the names in `Rollback`.
    """
    own = {refused.entry for part in whose.own_parts() for refused in part.refused}
    others: dict[str, tuple[str, Part, Refused]] = {}
    for run, part in whose.others() if own else ():
        whole = msgspec.structs.replace(part, versions=[], refused=[])
        for refused in part.refused:
            if refused.entry in own:
                others[refused.entry] = (run, whole, refused)
    alone = own - set(others)
    resolved = [entry for entry in undo.resolved_by(store, whose.run) if entry["_id"] not in alone]
    if not dry_run:
        names = sorted(alone)
        for first in range(0, len(names), _CHUNK):
            undo.drop_entries(store, names[first : first + _CHUNK])
        for entry, (run, part, refused) in others.items():
            undo.restore_entry(store, entry, whose.run, _as_entered(run, part, refused))
        for each in resolved:
            undo.reopen_entry(store, each, whose.run)
    return {"rejections_removed": len(alone), "rejections_reopened": len(resolved)}


def _as_entered(run: str, part: Part, refused: Refused) -> Document:
    return {
        "stage": refused.stage,
        "reason": refused.reason,
        "detail": refused.detail,
        "load": part.load,
        "parser": part.parser,
        "run": run,
    }
