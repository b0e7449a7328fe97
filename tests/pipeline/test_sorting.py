"""Sorting a block's records: what is remembered within it changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract.jsonl import json_lines
from etl.extract.types import LineBlock
from etl.model import Rejection
from etl.pipeline.sorting import sort_out
from etl.sources import ADHOC
from tests.pipeline.lines import JOB, LINES, NORMALIZER, STAMP


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
