"""The product's own parts, set up as `article-etl load` sets them up for a dump without a source."""

from datetime import UTC, datetime
from pathlib import Path

from etl.configuration import read_configuration
from etl.extract.types import Dump
from etl.model import DumpStamp
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import ADHOC
from etl.transform.normalize import Normalizer

CONFIG = Path(__file__).parents[1] / "config"


def job() -> Job:
    """A job of today under the shipped configuration."""
    return Job.of(read_configuration(CONFIG), "benchmark", datetime.now(UTC).date())


def dump_at(path: Path) -> Dump:
    """A local dump."""
    return Dump(uri=str(path), location=str(path), size=path.stat().st_size)


def normalizer(of: Job) -> Normalizer:
    """The rules for a dump without a source."""
    return normalizer_for(ADHOC, of)


def stamp(of: Job, dump: Dump) -> DumpStamp:
    """What articles say about their dump; its digest is made up."""
    return of.stamp(ADHOC, dump, "0" * 64)
