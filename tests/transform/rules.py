"""The rules under the shipped configuration, and records put through them."""

from datetime import date
from pathlib import Path

from etl.configuration import read_configuration
from etl.model import DumpStamp, RawRecord
from etl.settings import Limits
from etl.sources import ADHOC
from etl.transform.normalize import Normalizer

CONFIGURATION = read_configuration(Path(__file__).parents[2] / "config")
BODY = "The ferry and the tram share one ticket from Monday on, the harbour office said."
STAMP = DumpStamp("adhoc", "a.json", "0" * 64, "1", "run")


def normalizer_of(**policy):
    return Normalizer(
        ADHOC.model_copy(update=policy),
        CONFIGURATION.field_table,
        limits=Limits(),
        run_date=date(2026, 1, 1),
        not_articles=CONFIGURATION.not_articles,
    )


def normalized(fields, **policy):
    return normalizer_of(**policy)(RawRecord(fields, 1, b"{}"), STAMP)
