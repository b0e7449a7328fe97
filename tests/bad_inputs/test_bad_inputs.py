"""Bad inputs: each ends as the table says, beside sound neighbours, in bounded time and memory."""

import os
from pathlib import Path

import pytest

from tests.bad_inputs.case import Case, lines
from tests.bad_inputs.measured import MOST_MEBIBYTES, Commands, Measured
from tests.bad_inputs.said import is_as_expected
from tests.bad_inputs.table import CASES


def said(case: Case, result: Measured) -> tuple[list[str], list[str]]:
    """What `inspect` says of the case's records, and of failures."""
    found, failures = [], []
    for line in result.lines():
        if line["outcome"] == "failed":
            failures.append(f"{line['dump']}: {line['error']}")
        elif line["outcome"] == "article":
            found.append(line["article"]["title"])
        else:
            found.append(f"<{line['reason']}> {line['detail']}")
    return found, failures


def test_the_table_has_63_numbers() -> None:
    assert {case.number for case in CASES} == set(range(1, 64))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_input_ends_as_the_table_says(case: Case, folder: Path, commands: Commands) -> None:
    case.make(folder)
    (folder / "zz.jsonl").write_bytes(lines("Neighbour"))
    result = commands.run(
        "inspect", os.fsdecode(folder), *case.options, vanishing=case.vanishing and folder / case.vanishing
    )
    found, failures = said(case, result)
    shown = f"{result.status} {found[:9]} {failures} {result.stderr[-3000:]}"
    assert "Neighbour" in found, shown
    found.remove("Neighbour")
    if isinstance(case.gives, int):
        titles = [one for one in found if not one.startswith("<")]
        assert len(titles) >= case.gives, (len(titles), shown)
        assert case.at_least or len(found) == case.gives, (len(found), shown)
    else:
        assert len(found) == len(case.gives), shown
        assert all(map(is_as_expected, found, case.gives)), shown
    if case.failed is None:
        assert (result.status, failures) == (0, []), shown
    else:
        assert result.status == 1, shown
        assert len(failures) == 1, shown
        assert case.failed in failures[0], shown
    for note in case.notes:
        assert note in result.stderr, shown
    assert result.mebibytes < MOST_MEBIBYTES
