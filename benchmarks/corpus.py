"""The corpus as files, made when they are first asked for and kept in a folder for the next run.

folder/v1/
  articles-200000.jsonl      .jsonl.gz    the corpus
  grown-200000.jsonl         the same and 1 % more records
  changed-200000.jsonl       the same with one record in ten replaced by a later version of it
  pages-20000/  .tar  .jsonl the first 20,000 records as text pages, as an archive of them, as lines
"""

import gzip
import io
import multiprocessing
import os
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks import pages
from benchmarks.articles import changed, encode, line

VERSION = 1
"""Raised when the same numbers give other records (a test freezes them)."""

_BLOCK = 1000
"""Records that one process makes at a time."""


class Corpus:
    """Files of the corpus, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"v{VERSION}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def jsonl(self, records: int) -> Path:
        """Records 0 to `records` as lines of JSON, in the order of publication, give or take a day."""
        return self._made(f"articles-{records}.jsonl", lambda to: _write(to, _lines, 0, records))

    def grown(self, records: int) -> Path:
        """`jsonl(records)` with 1 % more records at its end."""

        def write(to: Path) -> None:
            shutil.copyfile(self.jsonl(records), to)
            _write(to, _lines, records, records + max(1, records // 100))

        return self._made(f"grown-{records}.jsonl", write)

    def changed(self, records: int) -> Path:
        """`jsonl(records)` with one record in ten, anywhere, replaced by a later version of it."""
        self.jsonl(records)
        return self._made(f"changed-{records}.jsonl", lambda to: _write(to, _changed_lines, 0, records))

    def gzip(self, records: int) -> Path:
        """`jsonl(records)`, compressed as the gzip command does."""

        def write(to: Path) -> None:
            with (
                self.jsonl(records).open("rb") as plain,
                to.open("wb") as file,
                gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed,
            ):
                shutil.copyfileobj(plain, packed, 1 << 20)

        return self._made(f"articles-{records}.jsonl.gz", write)

    def pages(self, records: int) -> Path:
        """A folder of text pages, one a record."""

        def write(to: Path) -> None:
            for number in range(records):
                path = to / pages.name(number)
                if number % 1000 == 0:
                    path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(pages.page(number))

        return self._made(f"pages-{records}", write)

    def pages_jsonl(self, records: int) -> Path:
        """What `pages(records)` says, as lines of JSON."""
        return self._made(f"pages-{records}.jsonl", lambda to: _write(to, _page_lines, 0, records))

    def pages_tar(self, records: int) -> Path:
        """`pages(records)` in one archive."""

        def write(to: Path) -> None:
            with tarfile.open(to, "w") as archive:
                for number in range(records):
                    content = pages.page(number)
                    member = tarfile.TarInfo(pages.name(number))
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))

        return self._made(f"pages-{records}.tar", write)

    def _made(self, name: str, write: Callable[[Path], None]) -> Path:
        path = self.folder / name
        if not path.exists():
            part = self.folder / f"{name}.part"
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
            write(part)
            part.rename(path)
        return path


def _write(to: Path, block: Callable[[range], bytes], first: int, end: int) -> None:
    """Append the blocks of records `first` to `end`; many of them are made in all cores."""
    ranges = [range(at, min(at + _BLOCK, end)) for at in range(first, end, _BLOCK)]
    with to.open("ab") as file:
        for content in _each(block, ranges):
            file.write(content)


def _each(block: Callable[[range], bytes], ranges: list[range]) -> Iterator[bytes]:
    if len(ranges) < 10:
        yield from map(block, ranges)
        return
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        yield from pool.imap(block, ranges)


def _lines(numbers: Iterable[int]) -> bytes:
    return b"".join(map(line, numbers))


def _changed_lines(numbers: Iterable[int]) -> bytes:
    return b"".join(encode(fields) if (fields := changed(n)) else line(n) for n in numbers)


def _page_lines(numbers: Iterable[int]) -> bytes:
    return b"".join(map(pages.line, numbers))
