"""Sorting a block's records: what is remembered within it changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.configuration import read_configuration
from etl.extract.jsonl import json_lines
from etl.extract.types import Dump, LineBlock
from etl.model import Rejection
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for, sort_out
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


@given(st.lists(st.sampled_from(LINES), max_size=12))
@settings(deadline=None)
def test_records_of_repeated_lines_become_what_each_would_become_alone(lines):
    data = b"\n".join(lines)
    read = json_lines(JOB.reading(ADHOC))
    found = sort_out(read(LineBlock(0, 0, 1, data, len(data))), NORMALIZER, STAMP)

    records = list(read(LineBlock(0, 0, 1, data, len(data))))
    alone = [record if isinstance(record, Rejection) else NORMALIZER(record, STAMP) for record in records]
    assert [*found.articles] == [made for made in alone if not isinstance(made, Rejection)]
    assert [*found.rejections] == [made for made in alone if isinstance(made, Rejection)]
