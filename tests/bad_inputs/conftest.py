"""The command and the folder of a case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_inputs.measured import Commands


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """The command, in processes that are measured."""
    with Commands() as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a case."""
    made = tmp_path / "dumps"
    made.mkdir()
    return made
