import gzip
import hashlib
import os
import threading

import fsspec
import pytest

from etl.errors import DumpError
from etl.extract.dump import is_small, read_batches, read_dump
from etl.extract.find import find_dumps
from etl.extract.opening import digest, fetched, open_file, open_raw, read_small
from etl.extract.types import Dump, Skipped
from tests.extract.helpers import dump_of, reading, titles


@pytest.fixture
def memory():
    """fsspec's file system in memory, with a few dumps in it."""
    files = fsspec.filesystem("memory")
    files.pipe("/news/2024-03-05/a.jsonl", b'{"title": "a"}\n')
    files.pipe("/news/2024-03-06/b.jsonl.gz", gzip.compress(b'{"title": "b"}\n'))
    files.pipe("/news/2024-03-06/photo.jpg", b"x")
    files.pipe("/news/2024-03-06/.hidden.txt", b"x")
    yield files
    files.rm("/news", recursive=True)


def uris(things):
    return [thing.uri for thing in things if isinstance(thing, Dump)]


def test_a_digest_is_sha256_of_the_raw_bytes(tmp_path):
    data = os.urandom(3_000_000)
    (tmp_path / "a.txt").write_bytes(data)
    assert digest(dump_of(tmp_path / "a.txt")) == hashlib.sha256(data).hexdigest()


def test_a_stream_shows_its_pieces_to_whoever_watches(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    seen = []
    with open_raw(dump_of(tmp_path / "a.txt"), watch=seen.append) as stream:
        while stream.read(30):
            pass
    assert b"".join(seen) == b"x" * 100


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("size", [0, 1, 5000])
def test_a_small_file_is_read_whole_even_if_it_grew(tmp_path, size, known):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * size)
    dump = Dump("a", str(path), size if known else None)
    assert read_small(dump) == b"x" * size
    path.write_bytes(b"x" * (size + 3000))
    assert read_small(dump) == b"x" * (size + 3000)


def test_a_file_that_vanished_is_an_error_that_says_so(tmp_path):
    dump = Dump("in/a.txt", str(tmp_path / "a.txt"), 10)
    for action in (digest, read_small, lambda d: list(read_dump(d, reading()))):
        with pytest.raises(DumpError, match=r"^in/a\.txt: is no longer there"):
            action(dump)


def test_a_fifo_that_took_a_files_place_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    dump = Dump("a.txt", str(tmp_path / "a.txt"), 10)
    for action in (digest, read_small):
        with pytest.raises(DumpError, match="not a regular file"):
            action(dump)


def test_a_folder_in_a_files_place_is_an_error(tmp_path):
    with pytest.raises(DumpError, match="regular file"), open_file(Dump("a", str(tmp_path), 10)):
        pass


def test_remote_dumps_are_found_fetched_and_read(memory):
    things = list(find_dumps(["memory://news"]))
    assert uris(things) == ["memory://news/2024-03-05/a.jsonl", "memory://news/2024-03-06/b.jsonl.gz"]
    assert [thing.uri for thing in things if isinstance(thing, Skipped)] == [
        "memory://news/2024-03-06/photo.jpg"
    ]
    dumps = [thing for thing in things if isinstance(thing, Dump)]
    assert [titles(read_dump(dump, reading())) for dump in dumps] == [["a"], ["b"]]
    assert [titles(batch.records) for dump in dumps for batch in read_batches(dump, reading())] == [
        ["a"],
        ["b"],
    ]
    assert digest(dumps[0]) == hashlib.sha256(b'{"title": "a"}\n').hexdigest()
    assert not is_small(dumps[0], reading())


def test_a_fetched_dump_keeps_its_name_and_leaves_no_copy(memory):
    dump = Dump("memory://news/2024-03-05/a.jsonl", "memory://news/2024-03-05/a.jsonl")
    with fetched(dump) as local:
        assert local.local
        assert (local.uri, local.size) == (dump.uri, 15)
        assert local.location.endswith("/a.jsonl")
        assert read_small(local) == b'{"title": "a"}\n'
    assert not os.path.exists(local.location)  # noqa: PTH110
    assert read_small(dump) == b'{"title": "a"}\n'


def test_remote_globs_and_days_work_as_local_ones_do(memory):
    assert uris(find_dumps(["memory://news/*/*.gz"])) == ["memory://news/2024-03-06/b.jsonl.gz"]
    assert uris(find_dumps(["memory://news/2024-03-06/photo.jpg"])) == ["memory://news/2024-03-06/photo.jpg"]
    (dump, *_) = find_dumps(["memory://news/{date:%Y-%m-%d}/*.jsonl"])
    assert str(dump.declared) == "2024-03-05"
    with pytest.raises(DumpError, match="no such file or folder"):
        list(find_dumps(["memory://nowhere/a.jsonl"]))
    with pytest.raises(DumpError, match="matches no file"):
        list(find_dumps(["memory://news/*.csv"]))


def test_no_password_of_a_url_is_ever_said():
    url = "ftp://ann:s3cret@localhost:1/a.jsonl"
    with pytest.raises(DumpError) as error:
        list(find_dumps([url]))
    assert "s3cret" not in str(error.value)
    assert "ftp://localhost:1/a.jsonl: cannot be reached" in str(error.value)
    with pytest.raises(DumpError) as error:
        digest(Dump("ftp://localhost:1/a.jsonl", url))
    assert "s3cret" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_a_protocol_that_is_not_installed_or_not_known_is_said():
    for url in ("s3://bucket/a.jsonl", "nonsense://x/a.jsonl"):
        with pytest.raises(DumpError, match=r"package that is not installed|cannot be reached"):
            list(find_dumps([url]))


def test_reading_does_not_start_threads(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "a"}\n'))
    before = threading.active_count()
    assert titles(read_dump(dump_of(path), reading())) == ["a"]
    assert threading.active_count() == before
