"""The command `profile`, as users run it."""

from pathlib import Path

import pytest

from etl.configuration import examine
from etl.pipeline.sorting import normalizer_for
from etl.profile.budget import Budget
from tests.command import PROJECT, SHARED, Command
from tests.profile.drafting import drawn, flat, job

COLLECTIONS = sorted(folder.name for folder in (SHARED / "dumps").glob("*/")) or [
    pytest.param("none", marks=pytest.mark.skip(reason="../shared/dumps is not there"))
]


def configured(tmp_path: Path) -> tuple[Command, Path]:
    """The command with an empty configuration, and the folder of its sources."""
    sources = tmp_path / "config/sources"
    sources.mkdir(parents=True)
    (tmp_path / "config/settings.toml").write_text("")
    return Command(tmp_path / "home", {"ARTICLE_ETL_CONFIG": str(tmp_path / "config")}), sources


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_draft_of_a_real_collection_passes_the_check(tmp_path: Path, collection: str) -> None:
    """In this process and with a small budget, for what takes the time is the reading of pages."""
    sources = tmp_path / "sources"
    sources.mkdir()
    text = drawn(SHARED / "dumps" / collection, budget=Budget(records=300, seconds=8)).text
    (sources / "drawn.toml").write_text(text, encoding="utf-8")
    configuration, problems = examine(tmp_path)
    assert problems == []
    assert configuration is not None
    normalizer_for(configuration.sources["drawn"], job())
    if collection == "seed":
        assert "`published` has no zone" in flat(text)
        assert "`captured` has one" in flat(text)
        assert "their gap is no time zone" in flat(text)


def test_the_draft_of_a_sample_loads_it(tmp_path: Path) -> None:
    command, sources = configured(tmp_path)
    folder = PROJECT / "samples/market-ledger"
    (sources / "ledger.toml").write_text(
        command.run("profile", str(folder), "--name", "ledger").stdout, encoding="utf-8"
    )
    assert "sound" in command.run("check").stdout
    outcomes = [line["outcome"] for line in command.lines("inspect", str(folder), "--source", "ledger")]
    assert (outcomes.count("article"), len(outcomes)) == (10, 12)


def test_what_is_not_there_is_named_with_status_1(tmp_path: Path) -> None:
    failed = Command(tmp_path).run("profile", str(tmp_path / "nowhere"), status=1)
    assert "nowhere" in failed.stderr
    assert failed.stdout == ""


def test_a_name_that_no_source_can_have_is_wrong_usage(tmp_path: Path) -> None:
    failed = Command(tmp_path).run("profile", str(tmp_path), "--name", "Big Wire", status=2)
    assert "daily-wire" in failed.stderr
