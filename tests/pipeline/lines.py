"""Lines of records of every kind, and the rules to sort them out by."""

from datetime import UTC, datetime
from pathlib import Path

import orjson

from etl.configuration import read_configuration
from etl.extract.types import Dump
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import ADHOC

JOB = Job.of(
    read_configuration(Path(__file__).parents[2] / "config"), "run", datetime(2026, 3, 1, tzinfo=UTC).date()
)
NORMALIZER = normalizer_for(ADHOC, JOB)
STAMP = JOB.stamp(ADHOC, Dump("d.jsonl", "d.jsonl"), "0" * 64)

RECORDS = [
    {"title": "One", "published_at": "2026-02-01T10:00:00Z", "body": "First.\n\nSecond.", "tags": ["a", "b"]},
    {"title": "One", "published_at": "2026-02-01T10:00:00Z", "body": "Other.", "more": {"n": [1, 2]}},
    {"title": "Two", "published_at": "03/04/2026", "body": "Ambiguous."},
    {"title": "", "published_at": "2026-02-01T10:00:00Z"},
]
LINES = [*map(orjson.dumps, RECORDS), b"{", b"[]"]
