"""The rules of a source by the shipped field names alone."""

import tomllib
from datetime import date
from pathlib import Path

from etl.model import DumpStamp
from etl.settings import Limits
from etl.sources import ADHOC, Source
from etl.transform.normalize import Normalizer

CONFIG = Path(__file__).parents[2] / "config"
TABLE = {
    role: tuple(names) for role, names in tomllib.loads((CONFIG / "fields.toml").read_text("utf-8")).items()
}
STAMP = DumpStamp("adhoc", "dumps/a.jsonl", "00" * 32, "1-abc", "run-1")
DATED = DumpStamp("adhoc", "dumps/2023-09-25/a.jsonl", "00" * 32, "1-abc", "run-1", date(2023, 9, 25))


def normalizer(source: Source = ADHOC, **said) -> Normalizer:
    return Normalizer(source, TABLE, limits=said.pop("limits", Limits()), run_date=date(2024, 1, 1), **said)
