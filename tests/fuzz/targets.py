"""What is fuzzed: each function takes any bytes, and raises only where the project breaks a promise."""

import datetime as dt
import tempfile
import time
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import get_args

from etl.configuration import SHIPPED, read_configuration
from etl.errors import DumpError, Refusal
from etl.extract.dump import read_dump
from etl.extract.types import Dump, Skipped
from etl.load.encode import encode
from etl.model import Article, DumpStamp, RawRecord, Rejection
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import Format, Source
from etl.transform.dates import DatePolicy, read_date
from etl.transform.display import TitleRules, display_title
from etl.transform.text import clean_body
from etl.transform.titles import normal_form

DAY = dt.date(2026, 11, 25)
RECORD_SECONDS = 1.0
"""CPU time that a record may take."""

Target = Callable[[bytes], None]


@lru_cache
def _job() -> Job:
    return Job.of(read_configuration(SHIPPED), "fuzz", DAY)


@lru_cache
def _policy() -> DatePolicy:
    source = Source(name="fuzz", timezone="Europe/Lisbon", languages=("en", "ar", "zh", "ru"))
    return DatePolicy.of(source, DAY)


def whole(format: Format | None, data: bytes, name: str = "dump.bin", slack: float = 1.0) -> tuple[int, int]:
    """The way of `inspect` through a dump of these bytes: how many articles, how many rejections.

    Args:
        format: What the source states, if it does.
        data: The dump.
        name: Of the file; its ending may say that it is compressed or an archive.
        slack: Times the budget that a record may take, for a slower interpreter.

    Raises:
        AssertionError: a record without an outcome, or one that took too long.
        Exception: whatever else comes out is a crash.
    """
    source = Source(name="fuzz", format=format, record="article" if format in (None, "xml", "sgml") else None)
    job = _job()
    stamp = DumpStamp(source="fuzz", dump=name, sha256="0" * 64, parser="fuzz", run="fuzz")
    normalize = normalizer_for(source, job)
    articles = rejections = 0
    started = time.process_time()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            for found in read_dump(Dump(name, str(path), len(data)), job.reading(source)):
                if isinstance(found, Skipped):
                    continue
                result = normalize(found, stamp) if isinstance(found, RawRecord) else found
                if isinstance(result, Article):
                    result = encode(result)
                assert result is not None
                rejections += isinstance(result, Rejection)
                articles += not isinstance(result, Rejection)
        except DumpError as error:
            assert error.message
    taken = time.process_time() - started
    assert taken < slack * RECORD_SECONDS * (1 + articles + rejections), f"{taken:.1f} s of CPU"
    return articles, rejections


def dates(data: bytes) -> None:
    """A date is an instant within the window, or a refusal with its value; the same every time."""
    text = data.decode("utf-8", "surrogateescape")
    policy = _policy()

    def outcome() -> object:
        try:
            return read_date(text, policy)
        except Refusal as refusal:
            assert refusal.detail
            return (refusal.reason, refusal.detail)

    first = outcome()
    policy.cache.clear()
    assert outcome() == first


def titles(data: bytes) -> None:
    """A title's normal form is that of its own form and of its decomposed spelling."""
    text = data.decode("utf-8", "replace")
    shown = display_title(text, TitleRules())
    assert display_title(shown, TitleRules()) == shown
    try:
        form = normal_form(shown)
    except Refusal:
        return  # nothing is left of it
    assert normal_form(form) == form
    for spelling in ("NFD", "NFC"):
        assert normal_form(unicodedata.normalize(spelling, shown)) == form


def bodies(data: bytes) -> None:
    """A clean body stays as it is."""
    body = clean_body(data.decode("utf-8", "replace"))
    assert clean_body(body) == body


_PLAIN = "txt jsonl json csv tsv rss html warc xml sgm parquet"
_PACKED = "zip tar tar.gz json.gz jsonl.zst csv.bz2 txt.xz"
NAMES = tuple(f"dump.{ending}" for ending in f"{_PLAIN} {_PACKED}".split())
"""Names of dumps whose format is told by their endings."""


def inspect(data: bytes) -> None:
    """A dump without a stated format, under the name that its first byte chooses."""
    if data:
        whole(None, data[1:], NAMES[data[0] % len(NAMES)], slack=8)


def _reader(format: Format) -> Target:
    def target(data: bytes) -> None:
        # An instrumented interpreter is several times slower.
        whole(format, data, slack=8)

    return target


TARGETS: Mapping[str, Target] = {
    "dates": dates,
    "titles": titles,
    "bodies": bodies,
    "inspect": inspect,
    **{format: _reader(format) for format in get_args(Format)},
}
