"""Every command in the pages runs as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from etl.load.local_mongo import EmbeddedMongo
from tests.command import PROJECT, Command

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


def sessions() -> list[tuple[str, list[str]]]:
    """The `console` blocks of a page, in order: one session with one data folder."""
    found = []
    for path in PAGES:
        blocks = re.findall(r"```console\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
        if lines:
            found.append((path.name, lines))
    return found


@pytest.mark.mongo
@pytest.mark.prefect
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("page", "lines"), sessions())
def test_the_commands_of_a_page_run(page: str, lines: list[str], tmp_path: Path, prefect_api: str) -> None:
    command = Command(tmp_path, {"PREFECT_API_URL": prefect_api})
    with EmbeddedMongo(tmp_path / "mongo"):  # each command would start and stop it: others test that they do
        for line in lines:
            program, *arguments = shlex.split(line, comments=True)
            assert program.removeprefix(".venv/bin/") == "article-etl", f"{page}: {line}"
            command.run(*arguments)
