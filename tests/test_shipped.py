"""What ships with the project: the settings file, the sample sources and the samples."""

import gzip
import tomllib
import zipfile
from pathlib import Path

import pytest

from etl.configuration import examine
from etl.settings import Settings

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(path for path in (ROOT / "samples").rglob("*") if path.is_file())


def test_the_shipped_configuration_has_no_problem_and_a_source_for_each_folder_of_samples() -> None:
    configuration, problems = examine(ROOT / "config")
    assert problems == []
    assert configuration is not None
    folders = {path.name for path in (ROOT / "samples").iterdir() if path.is_dir()}
    assert folders <= set(configuration.sources)
    for name in folders:
        source = configuration.sources[name]
        assert source.description
        assert all(path.startswith(f"samples/{name}/") for path in source.paths)


def test_the_settings_file_shows_every_setting_with_its_default() -> None:
    shown = tomllib.loads((ROOT / "config/settings.toml").read_text())
    assert shown == Settings().model_dump()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_small_and_holds_no_time_of_its_making(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) < 20_000
    if path.suffix == ".gz":
        assert data[4:8] == bytes(4)
        assert gzip.decompress(data)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert archive.testzip() is None
