"""Each folder under `tests/dumps/<format>/<case>` is a case: a dump and what it gives.

`expected.json` has `records` (each with `record`, and `fields` or `reason`), and where they apply
`skipped` (the last part of each name), `error` (a part of the message) and `reading` (what the source
states). To add a case, add a folder.
"""

from pathlib import Path

import orjson
import pytest

from etl.extract.readers import READERS
from etl.model import RawRecord
from tests.extract.helpers import outcome_of

FOLDER = Path(__file__).parents[1] / "dumps"
CASES = sorted(path.parent for path in FOLDER.glob("*/*/expected.json"))


def shown(record):
    position = {"record": record.record}
    if record.member is not None:
        position["member"] = record.member
    if isinstance(record, RawRecord):
        return position | {"fields": record.fields}
    return position | {"reason": record.reason.value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_golden_dump_gives_what_stands_beside_it(case):
    expected = orjson.loads((case / "expected.json").read_bytes())
    (dump,) = case.glob("input.*")
    records, skipped, error = outcome_of(dump, **expected.get("reading", {}))
    assert [shown(record) for record in records] == expected["records"]
    assert [one.uri.rpartition("!")[2] for one in skipped] == expected.get("skipped", [])
    if "error" in expected:
        assert error is not None
        assert expected["error"] in error
    else:
        assert error is None


@pytest.mark.parametrize("name", READERS)
def test_each_format_has_a_golden_dump(name):
    assert [case for case in CASES if case.parent.name == name]
