"""What ships with the project: the settings file, the sample sources and the samples."""

import gzip
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from etl.configuration import examine, read_configuration
from etl.extract.dump import read_dump
from etl.extract.types import Dump, Reading
from etl.model import Article, DumpStamp, RawRecord, Rejection
from etl.settings import Settings
from etl.transform.normalize import Normalizer

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


def fates(name: str) -> list[Article | Rejection]:
    """What becomes of each record of a source's samples on the day that they end on."""
    configuration = read_configuration(ROOT / "config")
    source, limits = configuration.sources[name], configuration.settings.limits
    reading = Reading(source.format, source.encoding, source.records, source.delimiter, limits)
    normalize = Normalizer(source, configuration.field_table, limits=limits, run_date=date(2026, 3, 2))
    found: list[Article | Rejection] = []
    for path in sorted((ROOT / "samples" / name).iterdir()):
        dump = Dump(path.name, str(path), path.stat().st_size)
        stamp = DumpStamp(source=name, dump=path.name, sha256="0" * 64, parser="1", run="test")
        for record in read_dump(dump, reading):
            found.append(normalize(record, stamp) if isinstance(record, RawRecord) else record)
    return found


@pytest.mark.parametrize(
    ("name", "records", "keys", "reasons"),
    [
        ("harbour-post", 24, 20, ["not_an_article", "undated"]),
        ("harbour-wire", 30, 25, ["malformed"]),
        ("wieden-bote", 12, 10, ["incomplete_date"]),
        ("market-ledger", 12, 10, ["ambiguous_date", "unknown_zone"]),
        ("lagoon-review", 18, 16, ["date_out_of_range", "no_title"]),
    ],
)
def test_the_samples_show_what_their_readme_says(
    name: str, records: int, keys: int, reasons: list[str]
) -> None:
    found = fates(name)
    articles = [fate for fate in found if isinstance(fate, Article)]
    assert len(found) == records
    assert len({article.key for article in articles}) == keys
    assert sorted(fate.reason.value for fate in found if isinstance(fate, Rejection)) == reasons
    for article in articles:
        assert article.authors
        assert article.tags
        assert article.language
        assert article.published
        assert article.published["zone"] != "assumed"
        assert not article.flags
        assert "Tell a neighbour" not in article.body
        assert "|" not in article.title


def test_the_ferry_story_of_two_sources_is_one_article_and_the_later_capture_ranks_higher() -> None:
    post, wire = (
        next(f for f in fates(name) if isinstance(f, Article) and f.title.startswith("Ferry to Gull"))
        for name in ("harbour-post", "harbour-wire")
    )
    assert post.key == wire.key
    assert post.rank < wire.rank
