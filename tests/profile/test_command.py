"""The command `profile`, as users run it."""

from pathlib import Path

import pytest

from tests.command import PROJECT, SHARED, Command

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
    command, sources = configured(tmp_path)
    text = command.run("profile", str(SHARED / "dumps" / collection), "--name", "drawn").stdout
    (sources / "drawn.toml").write_text(text, encoding="utf-8")
    assert "sound" in command.run("check").stdout
    if collection == "seed":
        assert "`published`" in text
        assert "`captured`" in text
        assert "their gap is no time zone" in text


def test_the_draft_of_a_sample_loads_it(tmp_path: Path) -> None:
    command, sources = configured(tmp_path)
    folder = PROJECT / "samples/market-ledger"
    (sources / "ledger.toml").write_text(
        command.run("profile", str(folder), "--name", "ledger").stdout, encoding="utf-8"
    )
    outcomes = [line["outcome"] for line in command.lines("inspect", str(folder), "--source", "ledger")]
    assert (outcomes.count("article"), len(outcomes)) == (10, 12)


def test_what_is_not_there_is_named_with_status_1(tmp_path: Path) -> None:
    failed = Command(tmp_path).run("profile", str(tmp_path / "nowhere"), status=1)
    assert "nowhere" in failed.stderr
    assert failed.stdout == ""


def test_a_name_that_no_source_can_have_is_wrong_usage(tmp_path: Path) -> None:
    failed = Command(tmp_path).run("profile", str(tmp_path), "--name", "Big Wire", status=2)
    assert "daily-wire" in failed.stderr
