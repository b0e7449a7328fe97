"""Dumps and servers of the fault suite."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import PROJECT
from tests.faults.corpus import write_corpus
from tests.faults.servers import Mongod
from tests.sound import assert_sound


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """5,000 records, long enough to be worth worker processes."""
    return write_corpus(tmp_path_factory.mktemp("few"), 5_000, body=55)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """50,000 records."""
    return write_corpus(tmp_path_factory.mktemp("many"), 50_000)


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    with Mongod(tmp_path / "mongo") as server:
        yield server


_STORES = ("store", "mongod", "cramped")
"""Fixtures whose stores a test leaves."""


@pytest.fixture(autouse=True)
def _sound_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """`verify` finds nothing in any store that a test left, whatever it did to it."""
    left = [request.getfixturevalue(name) for name in _STORES if name in request.fixturenames]
    yield
    for each in left:
        for store in each.stores if isinstance(each, Mongod) else [each]:
            assert_sound(store)


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """The shipped configuration, with little patience for a server that is away."""
    config = Path(shutil.copytree(PROJECT / "config", tmp_path / "config"))
    settings = config / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in {"budget_seconds": 5, "server_selection_seconds": 3, "write_seconds": 3}.items():
        before = next(line for line in text.splitlines() if line.startswith(f"{key} ="))
        text = text.replace(before, f"{key} = {value}.0")
    settings.write_text(text, encoding="utf-8")
    return config
