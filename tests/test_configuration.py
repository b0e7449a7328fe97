"""Configuration: read whole, checked once, every mistake named with its file, line and key."""

from pathlib import Path

import pytest

from etl.configuration import examine, line_of, read_configuration, with_overrides
from etl.errors import ConfigError
from etl.sources import Source


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_empty_folder_is_a_configuration_of_defaults(tmp_path: Path) -> None:
    configuration = read_configuration(tmp_path)
    assert configuration.sources == {}
    assert configuration.settings.store.batch_records == 1000


def test_a_source_is_named_by_its_file(tmp_path: Path) -> None:
    write(tmp_path, "sources/wire.toml", 'timezone = "Europe/Lisbon"\nfields.title = "headline"\n')
    source = read_configuration(tmp_path).source("wire")
    assert source.name == "wire"
    assert source.fields == {"title": ("headline",)}


def test_an_unknown_source_is_named_beside_those_that_there_are(tmp_path: Path) -> None:
    write(tmp_path, "sources/wire.toml", "")
    with pytest.raises(ConfigError, match=r"no source 'wier'.*there: wire"):
        read_configuration(tmp_path).source("wier")


@pytest.mark.parametrize(
    ("file", "text", "line", "key", "message"),
    [
        ("sources/a.toml", '\ntimezone = "Europe/Berln"', 2, "timezone", "not an IANA time zone"),
        ("sources/a.toml", "paths = []\nzone = 1", 2, "zone", "unknown key"),
        ("sources/a.toml", '[expect]\nmin_records = "x"', 2, "expect.min_records", "valid integer"),
        ("sources/a.toml", '[fields]\ntitel = "t"', 2, "fields.titel", "Input should be"),
        ("sources/a.toml", "paths = [", 1, "", "not valid TOML"),
        ("sources/a.toml", 'date_order = "DYM"', 1, "date_order", "got 'DYM'"),
        ("sources/A B.toml", "", None, "name", "pattern"),
        ("settings.toml", "[store]\nbatch_records = 0", 2, "store.batch_records", "greater than"),
        ("settings.toml", "[stroe]", 1, "stroe", "unknown key"),
        ("fields.toml", 'title = "x"', 1, "title", "list of strings"),
        ("fields.toml", 'titel = ["x"]', 1, "titel", "unknown key"),
        ("boilerplate.toml", "lines = [1]", 1, "lines", "list of strings"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(
    tmp_path: Path, file: str, text: str, line: int | None, key: str, message: str
) -> None:
    write(tmp_path, file, text)
    configuration, problems = examine(tmp_path)
    assert configuration is None
    (problem,) = problems
    assert (problem.file, problem.line, problem.key) == (str(tmp_path / file), line, key)
    assert message in problem.message
    with pytest.raises(ConfigError, match=message):
        read_configuration(tmp_path)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "sources/a.toml", "x = 1\ny = 2")
    write(tmp_path, "settings.toml", "z = 3")
    assert {problem.key for problem in examine(tmp_path)[1]} == {"x", "y", "z"}


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    (problem,) = examine(tmp_path / "nowhere")[1]
    assert "ARTICLE_ETL_CONFIG" in problem.message


@pytest.mark.parametrize(
    ("option", "key", "value"),
    [
        ("timezone=Asia/Shanghai", "timezone", "Asia/Shanghai"),
        ("languages=zh,en", "languages", ("zh", "en")),
        ('languages=["zh"]', "languages", ("zh",)),
        ("fields.title=headline", "fields", {"title": ("headline",)}),
        ("fields.published=meta.published.$date", "fields", {"published": ("meta.published.$date",)}),
        ("records=data.articles", "records", "data.articles"),
        ("latest_days=5", "latest_days", 5),
        ("undated=load", "undated", "load"),
        ("zones.IST=Asia/Kolkata", "zones", {"IST": "Asia/Kolkata"}),
    ],
)
def test_an_override_lays_one_key_over_the_source(option: str, key: str, value: object) -> None:
    assert getattr(with_overrides(None, [option]), key) == value


def test_overrides_keep_the_rest_of_the_source() -> None:
    source = Source(name="wire", timezone="Europe/Lisbon", fields={"title": ("headline",)})
    changed = with_overrides(source, ["fields.body=story", "fields.url=href"])
    assert changed.name == "wire"
    assert changed.timezone == "Europe/Lisbon"
    assert changed.fields == {"title": ("headline",), "body": ("story",), "url": ("href",)}


@pytest.mark.parametrize(
    "option", ["timezone", "=x", "zone=UTC", "name=x", "timezone=Mars/Base", "fields.x=y"]
)
def test_a_wrong_override_is_refused(option: str) -> None:
    with pytest.raises(ConfigError, match="--set"):
        with_overrides(None, [option])


def test_the_parser_version_follows_the_policy_and_nothing_else() -> None:
    source = Source(name="wire")
    table = {"title": ("headline",)}
    same = source.model_copy(update={"description": "other", "paths": ("elsewhere",)})
    other = source.model_copy(update={"timezone": "Europe/Lisbon"})
    assert source.parser(table) == same.parser(table)
    assert source.parser(table) != other.parser(table)
    assert source.parser(table) != source.parser({})
    assert source.parser(table) != source.parser(table, ("Leave a Reply",))


def test_the_line_of_a_key_is_found_in_tables_and_dotted_keys() -> None:
    text = 'a = 1\n[b]\nc = 2\n["d e"]\nf.g = 3\n'
    assert [line_of(text, key) for key in ("a", "b", "b.c", "d e.f.g", "b.x", "zz")] == [1, 2, 3, 5, 2, None]


def test_what_a_folder_lacks_is_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "sources/wire.toml", "")
    configuration = read_configuration(tmp_path)
    assert "headline" in configuration.field_table["title"]
    assert configuration.boilerplate
    assert (configuration.mongo / "articles.json").is_file()
    write(tmp_path, "boilerplate.toml", "lines = []")
    assert read_configuration(tmp_path).boilerplate == ()
