"""Draws profiles of dumps that a test wrote."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from etl.configuration import SHIPPED, read_configuration
from etl.extract.find import find_dumps
from etl.pipeline.inspection import inspect_dumps
from etl.pipeline.job import Job
from etl.profile import Profile, profile
from etl.profile.budget import Budget
from etl.sources import Source

DAY = date(2026, 11, 25)


def job() -> Job:
    return Job.of(read_configuration(SHIPPED), run="test", run_date=DAY)


def drawn(*paths: Path, budget: Budget | None = None) -> Profile:
    return profile([str(path) for path in paths], "drawn", job(), budget)


def draft(*paths: Path) -> tuple[dict[str, Any], str]:
    """The settings of the draft, and its text."""
    text = drawn(*paths).text
    return tomllib.loads(text), text


def lines_of(text: str) -> list[dict[str, Any]]:
    """What `inspect` says of the paths in a draft, read by that draft."""
    source = Source.model_validate({"name": "drawn", **tomllib.loads(text)})
    found = find_dumps(source.paths, any_ending=source.format is not None)
    return list(inspect_dumps(found, source, job()))


def json_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return path


def flat(text: str) -> str:
    """The comments without their line breaks."""
    return " ".join(line.removeprefix("#").strip() for line in text.splitlines())
