import os
import socket
from datetime import date
from pathlib import Path

import pytest

from etl.errors import DumpError
from etl.extract.find import find_dumps
from etl.extract.types import Dump, Skipped


def found(*paths, **options):
    """Dumps' names and skipped ones' reasons; then the error, if one came."""
    things, error = [], None
    try:
        things = []
        for thing in find_dumps([str(path) for path in paths], **options):
            things.append(thing)
    except DumpError as fault:
        error = fault
    return things, error


def uris(things):
    return [thing.uri for thing in things if isinstance(thing, Dump)]


def reasons(things):
    return {thing.uri.rpartition("/")[2]: thing.reason for thing in things if isinstance(thing, Skipped)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of dumps and of what is none, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ["b.txt", "a.txt", "sub/README.TXT", "sub/deep/c.jsonl.gz", "d.tar.zst"]:
        path = tmp_path / "dumps" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for name in [".DS_Store", "a.txt~", ".git/x.txt", "photo.jpg", "e.pdf.gz", "noending"]:
        path = tmp_path / "dumps" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "dumps"


def test_a_folder_is_walked_in_order_of_names(folder):
    things, error = found("dumps")
    assert uris(things) == [
        "dumps/a.txt",
        "dumps/b.txt",
        "dumps/d.tar.zst",
        "dumps/sub/README.TXT",
        "dumps/sub/deep/c.jsonl.gz",
    ]
    assert error is None
    assert all(thing.size == 1 and thing.local for thing in things if isinstance(thing, Dump))


def test_another_ending_is_reported_and_leftovers_are_not(folder):
    things, _ = found("dumps/")
    assert reasons(things) == {
        "photo.jpg": "its ending '.jpg' is no dump format's; state a `format` to read it",
        "e.pdf.gz": "its ending '.pdf' is no dump format's; state a `format` to read it",
        "noending": "it has no ending, and so is no dump format's; state a `format` to read it",
    }


def test_any_ending_is_taken_where_the_format_is_stated(folder):
    things, _ = found("dumps", any_ending=True)
    assert reasons(things) == {}
    assert "dumps/photo.jpg" in uris(things)
    assert "dumps/.DS_Store" not in uris(things)


def test_hidden_files_are_taken_on_demand(folder):
    assert "dumps/.git/x.txt" in uris(found("dumps", include_hidden=True)[0])


def test_a_file_that_is_named_is_taken_whatever_its_ending(folder):
    assert uris(found("dumps/photo.jpg", "dumps/.DS_Store")[0]) == ["dumps/photo.jpg", "dumps/.DS_Store"]


def test_globs_find_files_and_walk_folders(folder):
    assert uris(found("dumps/*.txt")[0]) == ["dumps/a.txt", "dumps/b.txt"]
    assert uris(found("dumps/**/*.gz")[0]) == ["dumps/sub/deep/c.jsonl.gz"]
    assert uris(found("dumps/s?b")[0]) == ["dumps/sub/README.TXT", "dumps/sub/deep/c.jsonl.gz"]
    everything = uris(found("dumps/**")[0])
    assert len(everything) == len(set(everything)) == 5


def test_a_name_that_looks_like_a_glob_is_a_name_first(folder):
    (folder / "[a].txt").write_bytes(b"x")
    assert uris(found("dumps/[a].txt")[0]) == ["dumps/[a].txt"]
    assert uris(found("dumps/[ab].txt")[0]) == ["dumps/a.txt", "dumps/b.txt"]


def test_each_file_comes_once(folder):
    assert uris(found("dumps/a.txt", "dumps/*.txt", "dumps/b.txt")[0]) == ["dumps/a.txt", "dumps/b.txt"]


def test_relative_paths_start_from_the_root(folder, monkeypatch):
    monkeypatch.chdir("/")
    things, _ = found("dumps/a.txt", "dumps/sub", "dumps/b*", root=folder.parent)
    assert uris(things) == ["dumps/a.txt", "dumps/sub/README.TXT", "dumps/sub/deep/c.jsonl.gz", "dumps/b.txt"]
    assert all(thing.location.startswith("/") for thing in things)
    assert uris(found(folder / "a.txt", root=folder)[0]) == [str(folder / "a.txt")]


def test_paths_that_are_missing_are_named_after_all_else_was_found(folder):
    things, error = found("dumps/a.txt", "dumps/nowhere.txt", "dumps/no*where", "dumps/b.txt")
    assert uris(things) == ["dumps/a.txt", "dumps/b.txt"]
    assert str(error) == (
        "dumps/nowhere.txt: no such file or folder; see the spelling; "
        "dumps/no*where: matches no file; see the spelling"
    )


def test_an_empty_folder_is_reported(folder):
    (folder / "empty").mkdir()
    things, error = found("dumps/empty")
    assert reasons(things) == {"empty": "is a folder without dumps"}
    assert error is None


def test_what_is_no_regular_file_is_reported_and_never_opened(folder):
    os.mkfifo(folder / "fifo.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket.txt"))
        things, _ = found("dumps", "dumps/fifo.txt", "/dev/null")
    assert {k: v for k, v in reasons(things).items() if "regular" in v} == {
        "fifo.txt": "is a FIFO, not a regular file",
        "socket.txt": "is a socket, not a regular file",
        "null": "is a character device, not a regular file",
    }


def test_links_out_of_the_folder_are_refused_and_links_within_are_followed(folder, tmp_path):
    (tmp_path / "secret.txt").write_bytes(b"x")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "out").symlink_to(tmp_path)
    (folder / "in.txt").symlink_to("sub/README.TXT")
    (folder / "within").symlink_to("sub")
    (folder / "loop").symlink_to("loop")
    (folder / "gone.txt").symlink_to("nothing")
    for paths in (["dumps"], ["dumps/*"]):
        things, _ = found(*paths)
        told = reasons(things)
        assert "dumps/in.txt" in uris(things)
        assert not {"dumps/out.txt", "dumps/out/secret.txt", "dumps/within/README.TXT"} & set(uris(things))
        assert told["out.txt"].startswith("is a link out of ")
        assert told["out"].startswith("is a link out of ")
        assert told["within"] == "is a link to a folder; name it to read it"
        assert told["gone.txt"] == "vanished, or is a link to nothing"
        assert told["loop"] == "vanished, or is a link to nothing"


def test_a_link_that_is_named_is_followed(folder, tmp_path):
    (tmp_path / "link.txt").symlink_to(folder / "a.txt")
    (tmp_path / "linked").symlink_to(folder / "sub")
    assert uris(found("link.txt", "linked")[0]) == [
        "link.txt",
        "linked/README.TXT",
        "linked/deep/c.jsonl.gz",
    ]


def test_a_name_that_is_not_utf8_is_escaped_and_can_be_opened(folder):
    odd = os.fsencode(folder / "sub") + b"/caf\xe9.txt"
    with open(odd, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(b"x")
    (dump,) = (thing for thing in found("dumps/sub")[0] if "caf" in thing.uri)
    assert dump.uri == "dumps/sub/caf\\xe9.txt"
    assert Path(dump.location).stat().st_size == 1
    dump.uri.encode()


@pytest.mark.parametrize("path", ["dumps", "dumps/*", "dumps/sub"])
def test_a_folder_that_may_not_be_read_is_an_error_after_its_neighbours(folder, monkeypatch, path):
    scandir = os.scandir

    def guarded(location):
        if str(location).endswith("/sub"):
            raise PermissionError(13, "Permission denied", location)
        return scandir(location)

    monkeypatch.setattr(os, "scandir", guarded)
    things, error = found(path)
    assert uris(things) == ([] if path == "dumps/sub" else ["dumps/a.txt", "dumps/b.txt", "dumps/d.tar.zst"])
    assert str(error) == "dumps/sub: may not be read; give this user the right to read it"


def test_a_day_that_may_not_be_read_is_not_taken_for_one_without_dumps(folder, monkeypatch):
    (folder / "2024-02-28").mkdir()

    def forbidden(location):
        raise PermissionError(13, "Permission denied", location)

    monkeypatch.setattr(os, "scandir", forbidden)
    _, error = found("dumps/{date:%Y-%m-%d}", day=date(2024, 2, 28))
    assert "may not be read" in str(error)


class TestDatedPaths:
    @pytest.fixture(autouse=True)
    def days(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for name in ["2024-02-28/a.jsonl", "2024-02-29/a.jsonl", "2024-02-29/b.txt", "2024-03-02/a.jsonl"]:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        (tmp_path / "in" / "2024-02-31").mkdir()
        (tmp_path / "in" / "2024-02-31" / "a.jsonl").write_bytes(b"x")

    def test_days_given_fill_the_path(self):
        things, error = found("in/{date:%Y-%m-%d}/*.jsonl", day=date(2024, 2, 28), last_day=date(2024, 3, 2))
        assert [(thing.uri, thing.declared) for thing in things if isinstance(thing, Dump)] == [
            ("in/2024-02-28/a.jsonl", date(2024, 2, 28)),
            ("in/2024-02-29/a.jsonl", date(2024, 2, 29)),
            ("in/2024-03-02/a.jsonl", date(2024, 3, 2)),
        ]
        assert [thing.reason for thing in things if isinstance(thing, Skipped)] == [
            "nothing is there for 2024-03-01"
        ]
        assert error is None

    def test_one_day_is_that_day(self):
        things, _ = found("in/{date:%Y-%m-%d}", day=date(2024, 2, 29))
        assert uris(things) == ["in/2024-02-29/a.jsonl", "in/2024-02-29/b.txt"]

    def test_without_days_each_path_states_its_own(self):
        things, _ = found("in/{date:%Y-%m-%d}/*.jsonl")
        assert [thing.declared for thing in things if isinstance(thing, Dump)] == [
            date(2024, 2, 28),
            date(2024, 2, 29),
            date(2024, 3, 2),
        ]
        assert [thing.uri for thing in things if isinstance(thing, Skipped)] == ["in/2024-02-31/a.jsonl"]

    def test_a_folder_of_a_day_declares_all_below_it(self):
        things, _ = found("in/{date:%Y-%m-%d}")
        assert [thing.declared for thing in things if isinstance(thing, Dump)].count(date(2024, 2, 29)) == 2


def test_many_files_are_found_fast(tmp_path):
    for n in range(200):
        (tmp_path / f"{n:03}.txt").touch()
    assert len(uris(found(tmp_path)[0])) == 200


def test_file_urls_are_plain_paths(folder):
    things, _ = found(f"file://{folder}/a.txt")
    assert things[0].local
    assert things[0].location == str(folder / "a.txt")
