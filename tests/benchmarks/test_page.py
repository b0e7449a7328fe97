"""The page about performance: tables of a run between two marks, prose untouched."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import shown_command
from benchmarks.figures import results
from benchmarks.page import BEGIN, END, write_page
from benchmarks.report import as_json
from benchmarks.runs import Run

RUNS = {name: Run(name, 1000, seconds, 1.0, 0.5, 99.0) for name, seconds in (("fresh", 3.0), ("raw", 1.5))}


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    extra = {
        "records": 1000,
        "command": "python -m benchmarks",
        "stages": {"ratios": {"read": 1.5}, "whole": 4.0},
    }
    path = tmp_path / "results.json"
    path.write_text(json.dumps(as_json([RUNS], results([RUNS]), extra, "6.0.5")))
    path.with_name("chart.svg").write_text("<svg/>")
    return path


def test_tables_are_put_between_the_marks_and_prose_stays(measured: Path, tmp_path: Path):
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    write_page(measured, page)
    text = page.read_text()
    assert text.startswith("# Before")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert "| fresh load, of the raw limit's wall | **2** |" in text
    assert "| read | 1.50 |" in text
    assert "(page.svg)" in text
    assert (page.parent / "page.svg").exists()
    write_page(measured, page)
    assert page.read_text() == text


def test_a_page_without_marks_is_left_alone(measured: Path, tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# No marks\n")
    with pytest.raises(ValueError, match="lacks the line"):
        write_page(measured, page)
    assert page.read_text() == "# No marks\n"


@pytest.mark.parametrize("said", [["--corpus", "/home/me/corpus"], ["--corpus=/home/me/corpus"]])
def test_the_command_is_shown_without_a_folder_of_this_machine(said: list[str]):
    assert shown_command(["--only", "loads", *said, "--rounds", "2"]) == (
        "python -m benchmarks --only loads --rounds 2"
    )
