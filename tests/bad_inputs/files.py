"""Cases 60 to 63: files that are none, or not where they seem to be."""

import os
from pathlib import Path

from tests.bad_inputs.case import Case, file, lines


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "a.txt")
    (folder / "b.jsonl").write_bytes(lines("One"))


def _link_out(folder: Path) -> None:
    outside = folder.parent / "outside.jsonl"
    outside.write_bytes(lines("Outside"))
    (folder / "a.jsonl").symlink_to(outside)
    (folder / "b.jsonl").symlink_to("c.jsonl")
    (folder / "c.jsonl").write_bytes(lines("One"))


def _links_nowhere(folder: Path) -> None:
    (folder / "a.jsonl").symlink_to("a.jsonl")
    (folder / "b.jsonl").symlink_to("nothing.jsonl")
    (folder / "c.jsonl").symlink_to("/dev/zero")
    (folder / "d.jsonl").write_bytes(lines("One"))


def _odd_names(folder: Path) -> None:
    for name, title in (
        (b"caf\xe9.jsonl", "One"),
        (b"new\nline\x1b[31m.jsonl", "Two"),
        ("\u202egnp.jsonl".encode(), "Three"),
    ):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(lines(title))


def _folder_as_file(folder: Path) -> None:
    (folder / "a.jsonl").mkdir()
    (folder / "a.jsonl/b.jsonl").write_bytes(lines("One"))
    (folder / "empty.jsonl").mkdir()


def _many_and_one(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(lines("Gone") + b"\n" * (9 << 20))  # shared out between workers
    (folder / "b.jsonl").write_bytes(lines("One"))


_GONE = "is no longer there; load it again once it is back"

CASES = [
    Case(60, "FIFO", _fifo, ("One",), notes=("a.txt: is a FIFO",)),
    Case(61, "link out of the folder", _link_out, ("One", "One"), notes=("a.jsonl: is a link out of",)),
    Case(
        61,
        "links to nothing and to a device",
        _links_nowhere,
        ("One",),
        notes=("a.jsonl: ", "b.jsonl: vanished, or is a link to nothing", "c.jsonl: is a link out of"),
    ),
    Case(62, "names that are no text", _odd_names, 3),
    Case(
        63,
        "file that vanishes",
        file("a.txt", b"One\n2026-03-01 10:00\nText."),
        failed=_GONE,
        vanishing="a.txt",
    ),
    Case(63, "large file that vanishes", _many_and_one, ("One",), failed=_GONE, vanishing="a.jsonl"),
    Case(63, "folder named as a file", _folder_as_file, ("One",)),
]
