"""The first large dump of a run is cut in a process of its own, to the same result."""

import gzip
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.errors import DumpError
from etl.extract.types import Dump, Reading
from etl.pipeline import cutting
from etl.pipeline.cutting import Cutter, cut, cutting_ahead
from etl.pipeline.job import reading_of
from etl.settings import Settings
from etl.sources import ADHOC
from tests.pipeline.records import records, write_jsonl

pytestmark = [
    pytest.mark.usefixtures("blocks"),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked"),
]

READING = reading_of(ADHOC, Settings())


def dump_at(path: Path) -> Dump:
    return Dump(uri=str(path), location=str(path), size=path.stat().st_size)


@pytest.fixture
def dump(tmp_path: Path) -> Dump:
    return dump_at(write_jsonl(tmp_path / "dump.jsonl", records(300)))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The dumps that this process cuts itself."""
    done: list[str] = []

    def cut_here(dump: Dump, reading: Reading) -> cutting.Cut | None:
        done.append(dump.uri)
        return cut(dump, reading)

    monkeypatch.setattr(cutting, "cut", cut_here)
    return done


@contextmanager
def children_gone() -> Iterator[None]:
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@contextmanager
def ahead(*dumps: Dump) -> Iterator[Cutter]:
    with children_gone(), cutting_ahead(dumps, READING) as cutter:
        yield cutter


def test_the_first_large_dump_is_cut_in_another_process_and_the_next_one_here(
    dump: Dump, tmp_path: Path, here: list[str]
) -> None:
    other = dump_at(write_jsonl(tmp_path / "other.jsonl", records(200)))
    with ahead(dump, other) as cutter:
        assert cutter(dump, READING) == cut(dump, READING)
        assert here == []
        assert cutter(other, READING) == cut(other, READING)
        assert here == [other.uri]


def test_a_compressed_dump_has_its_digest_and_any_other_format_nothing(tmp_path: Path, dump: Dump) -> None:
    packed, table = tmp_path / "dump.jsonl.gz", tmp_path / "table.csv"
    packed.write_bytes(gzip.compress(Path(dump.location).read_bytes()))
    table.write_text("title,date\n")
    for path in (packed, table):
        found = dump_at(path)
        with ahead(found) as cutter:
            assert cutter(found, READING) == cut(found, READING)


def test_a_dump_that_cannot_be_read_fails_where_it_is_asked_for(dump: Dump) -> None:
    Path(dump.location).unlink()
    with ahead(dump) as cutter, pytest.raises(DumpError, match=r"dump\.jsonl"):
        cutter(dump, READING)


def test_the_work_of_a_process_that_was_killed_is_done_here(
    dump: Dump, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "_cut_for", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with ahead(dump) as cutter:
        assert cutter(dump, READING) == cut(dump, READING)
    assert here == [dump.uri]


def test_a_run_that_ends_early_waits_for_nothing(dump: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "_cut_for", lambda *_: time.sleep(600))
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), ahead(dump):
        raise KeyboardInterrupt
    assert time.monotonic() - started < 60


def test_a_process_with_threads_is_not_forked(dump: Dump, here: list[str]) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with ahead(dump) as cutter:
        assert cutter is cutting.cut
    done.set()
    thread.join()
