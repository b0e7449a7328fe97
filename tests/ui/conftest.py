"""One stack of `article-etl up` and one browser, which all tests of this folder share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.stack import make_project
from tests.flows.up import Up, await_scheduled
from tests.ui.prefect_ui import CHROMIUM, PrefectUI, prefect_ui


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the stack: two sources, six days of dumps."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM} (Debian: apt-get install chromium)")
    folder = tmp_path_factory.mktemp("operated")
    make_project(folder, 6)
    return folder


@pytest.fixture(scope="package")
def up(folder: Path) -> Iterator[Up]:
    """`article-etl up`, with the next nightlies scheduled."""
    up = Up(folder / "home", folder / "config")
    await_scheduled(up)
    yield up
    up.end(signal.SIGINT)


@pytest.fixture(scope="package")
def ui(up: Up, folder: Path, request: pytest.FixtureRequest) -> Iterator[PrefectUI]:
    """The stack's UI in a browser; pictures go to a scratch folder, or where `--screenshots` says."""
    chosen = request.config.getoption("--screenshots")
    screenshots = Path(chosen or folder / "pictures").absolute()
    screenshots.mkdir(parents=True, exist_ok=True)
    with prefect_ui(up.ui, screenshots) as ui:
        yield ui
