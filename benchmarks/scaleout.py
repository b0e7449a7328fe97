"""What much larger inputs take, computed from the figures of one run. Straight proportions and no magic:
CPU, bytes and index entries a record stay what they were here, whatever the number of records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

DAY = 86_400
BUSY = 0.7
"""Part of a core's time that is planned with; the rest is for checkpoints, peaks and lost workers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one record of the fresh load took."""

    client_cpu: float
    """Seconds of one core in workers: read, transform, encode, send."""
    server_cpu: float
    """Seconds of one core in mongod, replica set of one node."""
    dump_bytes: float
    """Of its line in the dump, uncompressed."""
    stored: float
    """Documents that it became: less than 1, for some records are duplicates."""
    document_bytes: float
    """Of one document, as BSON."""
    storage_bytes: float
    """Of one document on disk, compressed by the server."""
    index_bytes: float
    """Of all index entries of one document."""
    id_index_bytes: float
    """Of its entry in the index of `_id` alone."""


@dataclass(frozen=True, slots=True)
class Need:
    """What an input takes."""

    worker_cores: float
    """Cores of workers, kept busy for the time given."""
    server_cores: float
    """Cores of MongoDB primaries together."""
    read_bytes: float
    """A second, from where the dumps lie to the workers, uncompressed."""
    sent_bytes: float
    """A second, from workers to the servers."""


def measured(document: Mapping[str, Any]) -> Measured:
    """What a `results.json` says of its fresh load.

    Raises:
        ValueError: the run had none.
    """
    fresh = [run for runs in document["rounds"] for run in runs if run["name"] == "fresh"]
    sizes = document.get("sizes")
    if not fresh or not sizes:
        raise ValueError("the run has no fresh load (the scenario `loads`); run it again with it")
    documents = sizes["documents"]
    return Measured(
        client_cpu=median(run["client_cpu"] / run["records"] for run in fresh),
        server_cpu=median(run["server_cpu"] / run["records"] for run in fresh),
        dump_bytes=sizes["dump_bytes"] / sizes["records"],
        stored=documents / sizes["records"],
        document_bytes=sizes["document_bytes"] / documents,
        storage_bytes=sizes["storage_bytes"] / documents,
        index_bytes=sum(sizes["index_bytes"].values()) / documents,
        id_index_bytes=sizes["index_bytes"]["_id_"] / documents,
    )


def need(of: Measured, records: float, seconds: float) -> Need:
    """What it takes to load so many records within so many seconds."""
    return Need(
        worker_cores=records * of.client_cpu / seconds / BUSY,
        server_cores=records * of.server_cpu / seconds / BUSY,
        read_bytes=records * of.dump_bytes / seconds,
        sent_bytes=records * of.stored * of.document_bytes / seconds,
    )


_LOADS = (
    ("1 M articles, the night's dumps within an hour", 1e6, 3600),
    ("1 M articles a day, spread over the day", 1e6, DAY),
    ("backfill of 1 B within 30 days", 1e9, 30 * DAY),
    ("backfill of 1 B within 7 days", 1e9, 7 * DAY),
    ("backfill of 1 B within 1 day", 1e9, DAY),
)
_HOLDINGS = (("one day of 1 M", 1e6), ("a year of 1 M a day", 365e6), ("a backfill of 1 B", 1e9))


def as_markdown(of: Measured) -> str:
    """What one record took, and what the loads and collections of the page take."""
    one = (
        f"One record here took {of.client_cpu * 1e6:.0f} µs of a worker's core and "
        f"{of.server_cpu * 1e6:.0f} µs of the server's, came in {of.dump_bytes:,.0f} bytes, and became "
        f"{of.stored:.2f} documents of {of.document_bytes:,.0f} bytes ({of.storage_bytes:,.0f} on disk) with "
        f"{of.index_bytes:.0f} bytes of index, {of.id_index_bytes:.0f} of them for `_id`."
    )
    loads = [
        (
            text,
            _cores(what.worker_cores),
            _cores(what.server_cores),
            f"{what.read_bytes * 8 / 1e6:,.1f}",
            f"{what.sent_bytes * 8 / 1e6:,.1f}",
        )
        for text, records, seconds in _LOADS
        for what in [need(of, records, seconds)]
    ]
    holdings = [
        (
            text,
            f"{records * of.stored / 1e6:,.1f} M",
            f"{records * of.stored * of.storage_bytes / 1e9:,.1f}",
            f"{records * of.stored * of.index_bytes / 1e9:,.2f}",
            f"{records * of.stored * of.id_index_bytes / 1e9:,.2f}",
        )
        for text, records in _HOLDINGS
    ]
    head = ("load", "worker cores", "server cores", "dumps to workers, Mbit/s", "workers to servers, Mbit/s")
    held = ("collection", "documents", "on disk, GB", "all indexes, GB", "index of `_id`, GB")
    return "\n\n".join((one, _table(head, loads), _table(held, holdings)))


def _cores(cores: float) -> str:
    return f"{cores:,.2f}" if cores < 10 else f"{cores:,.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
