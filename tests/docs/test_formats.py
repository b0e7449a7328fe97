"""Every example in the formats page is a dump that loads, and gives what stands under it."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from etl.configuration import SHIPPED, read_configuration
from etl.extract.find import find_dumps
from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.inspection import inspect_dumps
from etl.pipeline.job import Job
from etl.pipeline.run import load
from etl.pipeline.runners import Here
from etl.sources import Source
from tests.command import PROJECT

PAGE = PROJECT / "docs/formats.md"
PIECE = re.compile(
    r"^```\w+ dump=(?P<name>\S+)\n(?P<dump>.*?)^```$"
    r"|^Example: \[\S+\]\((?P<beside>\S+)\)$"
    r"|^```toml source\n(?P<source>.*?)^```$"
    r"|^```json gives\n(?P<gives>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Example(NamedTuple):
    name: str
    data: bytes
    source: Source
    gives: list[dict[str, Any]]


def examples() -> list[Example]:
    found: list[Example] = []
    name, data, policy = "", b"", ""
    for piece in PIECE.finditer(PAGE.read_text(encoding="utf-8")):
        if piece["gives"]:
            source = Source.model_validate({"name": "example", **tomllib.loads(policy)})
            found.append(
                Example(name, data, source, [orjson.loads(line) for line in piece["gives"].splitlines()])
            )
            policy = ""
        elif piece["source"]:
            policy = piece["source"]
        elif piece["beside"]:
            name, data = Path(piece["beside"]).name, (PAGE.parent / piece["beside"]).read_bytes()
        else:
            name, data = piece["name"], piece["dump"].encode()
    return found


def job() -> Job:
    return Job.of(read_configuration(SHIPPED), run="docs", run_date=date(2026, 4, 1))


def plain(document: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(
        orjson.dumps(document, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)
    )
    return plain


@pytest.mark.mongo
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_loads_and_gives_what_stands_under_it(
    example: Example, store: Store, tmp_path: Path
) -> None:
    if example.name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / example.name
    path.write_bytes(example.data)
    lines = list(inspect_dumps(find_dumps([path]), example.source, job()))
    assert len(lines) == len(example.gives)
    for line, expected in zip(lines, example.gives, strict=True):
        said = plain({**line, **line.get("article", {})})
        assert {key: said[key] for key in expected} == expected
    schema = Schema.read(SHIPPED / "mongo")
    report = load([(example.source, find_dumps([path]))], job(), store, schema, Here(store))
    articles = [line for line in lines if line["outcome"] == "article"]
    assert (report.counts.read, report.counts.inserted) == (len(lines), len(articles))
    stored = {document["_id"]: document["title"] for document in store.articles.find()}
    assert stored == {line["article"]["_id"]: line["article"]["title"] for line in articles}


def test_each_format_compressions_and_archives_have_an_example() -> None:
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [part.partition("\n")[0] for part in parts if "```json gives" not in part] == []
