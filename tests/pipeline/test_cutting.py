"""The first large dump of a run is cut in a process of its own, to the same result.

Each test is a program of its own, for a process with threads is not forked, and by now this one has some.
"""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import PROJECT
from tests.pipeline.records import records, write_jsonl

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

PROGRAM = """
import multiprocessing
import os
import signal
import sys
import threading
import time
from pathlib import Path

from etl.errors import DumpError
from etl.extract import lines
from etl.extract.types import Dump
from etl.pipeline import cutting
from etl.pipeline.job import reading_of
from etl.settings import Settings
from etl.sources import ADHOC

cutting.SPLIT_BYTES, cutting.BLOCK_BYTES = 1, 20_000
reading = reading_of(ADHOC, Settings())
cut, here = cutting.cut, []

def cut_here(dump, reading):
    here.append(dump.uri)
    return cut(dump, reading)

cutting.cut = cut_here
dumps = [Dump(uri=path, location=path, size=Path(path).stat().st_size) for path in sys.argv[1:]]
first = dumps[0]
{body}
assert multiprocessing.active_children() == []
"""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "dump.jsonl", records(300))


def run(body: str, *dumps: Path) -> None:
    """A program that does `body` with these dumps, and ends well and in silence."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{body}", body), *map(str, dumps)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_first_large_dump_is_cut_in_another_process_and_the_next_one_here(
    dump: Path, tmp_path: Path
) -> None:
    other = write_jsonl(tmp_path / "other.jsonl", records(200))
    body = """
with cutting.cutting_ahead(dumps, reading) as cutter:
    assert cutter(first, reading) == cut(first, reading)
    assert len(cut(first, reading)[1]) > 2
    assert here == []
    assert cutter(dumps[1], reading) == cut(dumps[1], reading)
    assert here == [dumps[1].uri]
"""
    run(body, dump, other)


def test_a_compressed_dump_has_its_digest_and_any_other_format_nothing(dump: Path, tmp_path: Path) -> None:
    packed, table = tmp_path / "dump.jsonl.gz", tmp_path / "table.csv"
    packed.write_bytes(gzip.compress(dump.read_bytes()))
    table.write_text("title,date\n")
    body = """
with cutting.cutting_ahead(dumps, reading) as cutter:
    assert cutter(first, reading) == cut(first, reading)
    assert here == []
"""
    for path in (packed, table):
        run(body, path)


def test_a_dump_that_cannot_be_read_fails_where_it_is_asked_for(dump: Path) -> None:
    body = """
os.unlink(first.location)
with cutting.cutting_ahead(dumps, reading) as cutter:
    try:
        cutter(first, reading)
    except DumpError as error:
        assert first.uri in str(error)
    else:
        raise AssertionError("it was read")
"""
    run(body, dump)


def test_the_work_of_a_process_that_was_killed_is_done_here(dump: Path) -> None:
    body = """
cutting._cut_for = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with cutting.cutting_ahead(dumps, reading) as cutter:
    assert cutter(first, reading) == cut(first, reading)
assert here == [first.uri]
"""
    run(body, dump)


def test_a_run_that_ends_early_waits_for_nothing(dump: Path) -> None:
    body = """
cutting._cut_for = lambda *_: time.sleep(600)
try:
    with cutting.cutting_ahead(dumps, reading):
        raise KeyboardInterrupt
except KeyboardInterrupt:
    pass
"""
    run(body, dump)


def test_a_process_with_threads_is_not_forked(dump: Path) -> None:
    body = """
done = threading.Event()
thread = threading.Thread(target=done.wait, daemon=True)
thread.start()
with cutting.cutting_ahead(dumps, reading) as cutter:
    assert cutter is cutting.cut
done.set()
"""
    run(body, dump)
