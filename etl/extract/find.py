"""Find dumps: files, folders, globs, URLs, and paths with a day in them.

Only regular files are dumps. What is passed over is reported, hidden files and editors' leftovers
apart.
"""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from etl.errors import DumpError
from etl.extract.dated_paths import DatedPath, is_dated
from etl.extract.names import is_leftover, printable, without_credentials
from etl.extract.readers import unreadable
from etl.extract.remote import NothingThereError, find_remote
from etl.extract.types import Dump, Skipped

Found = Dump | Skipped


def find_dumps(
    paths: Sequence[str | Path],
    *,
    day: date | None = None,
    last_day: date | None = None,
    root: Path | None = None,
    include_hidden: bool = False,
    any_ending: bool = False,
) -> Iterator[Found]:
    """The dumps at some paths, in the order of the paths and sorted within each; each file once.

    A file that is named is always taken, whatever its ending; in folders and archives the ending
    decides.

    Args:
        paths: files, folders (with all below them), globs, URLs of anything that fsspec reaches; each
            may have its day as `{date:%Y-%m-%d}`.
        day: the day, or the first one, of paths with a day; without it every day that is found counts.
        last_day: the last one; `day` itself by default.
        root: folder that relative paths start from; the current one by default.
        any_ending: take files of a folder whatever their ending, for their format is stated.

    Raises:
        DumpError: a path that is not there. It is raised last, after all that was found elsewhere.
    """
    rules = _Rules(root, include_hidden, any_ending)
    seen: set[str] = set()
    failures: list[DumpError] = []
    for path in map(str, paths):
        try:
            for found in _one_path(path, day, last_day or day, rules):
                if isinstance(found, Skipped):
                    yield found
                elif found.location not in seen:
                    seen.add(found.location)
                    yield found
        except DumpError as error:
            failures.append(error)
    _raise_any(failures)


class _Rules(NamedTuple):
    root: Path | None
    include_hidden: bool
    any_ending: bool

    def passes(self, name: str) -> bool:
        """Whether a file or folder that was not named is to be passed over without a word."""
        return not self.include_hidden and is_leftover(name)

    def refusal(self, name: str) -> str | None:
        """Why a file that was not named is no dump by its name, if it is none."""
        return None if self.any_ending else unreadable(name)


def _one_path(path: str, first: date | None, last: date | None, rules: _Rules) -> Iterator[Found]:
    if path.startswith("file://"):
        path = unquote(urlsplit(path).path)
    if not is_dated(path):
        yield from _undated(path, rules, None)
        return
    template = DatedPath(path)
    if first is None or last is None:
        shown = DatedPath(without_credentials(path))
        for found in _undated(template.as_glob(), rules, None):
            if isinstance(found, Skipped):
                yield found
            elif declared := shown.day_of(found.uri):
                yield Dump(found.uri, found.location, found.size, declared)
            else:
                yield Skipped(found.uri, f"its path states no day as {template.template!r} asks")
        return
    for day, dated in template.for_days(first, last):
        if day is None:
            continue
        try:
            yield from _undated(dated, rules, day)
        except NothingThereError:
            # A day without a dump is for the coverage report to show, and no fault of the others.
            yield Skipped(_shown(dated), f"nothing is there for {day}")


def _undated(path: str, rules: _Rules, declared: date | None) -> Iterator[Found]:
    if "://" in path:
        yield from find_remote(path, declared, rules.passes, rules.refusal)
        return
    location = path if rules.root is None else os.path.join(rules.root, path)  # noqa: PTH118 - keeps odd bytes
    try:
        yield from _named(path, location, rules, declared)
    except FileNotFoundError:
        if not glob.has_magic(path):
            raise NothingThereError(_shown(path), "no such file or folder; see the spelling") from None
        yield from _globbed(path, rules, declared)
    except PermissionError:
        raise _forbidden(path) from None
    except OSError as error:
        raise DumpError(_shown(path), f"cannot be read: {error.strerror}") from None


def _named(path: str, location: str, rules: _Rules, declared: date | None) -> Iterator[Found]:
    """What a user names is followed, be it a link."""
    status = os.stat(location)  # noqa: PTH116
    if stat.S_ISDIR(status.st_mode):
        nothing = True
        walk = _Walk(os.path.realpath(location), rules, declared)
        for found in walk.folder(path, location):
            nothing = False
            yield found
        _raise_any(walk.failures)
        if nothing:
            yield Skipped(_shown(path), "is a folder without dumps")
    elif stat.S_ISREG(status.st_mode):
        yield Dump(_shown(path), location, status.st_size, declared)
    else:
        yield Skipped(_shown(path), f"is {_kind(status.st_mode)}, not a regular file")


def _globbed(path: str, rules: _Rules, declared: date | None) -> Iterator[Found]:
    absolute = path.startswith("/") or rules.root is None
    start = "" if absolute else f"{rules.root}/"
    matches = sorted(
        glob.iglob(glob.escape(start) + path, recursive=True, include_hidden=rules.include_hidden)  # noqa: PTH207
    )
    if not matches:
        raise NothingThereError(_shown(path), "matches no file; see the spelling")
    fixed = path[: min(path.find(character) for character in "*?[" if character in path)]
    walk = _Walk(os.path.realpath(start + fixed.rpartition("/")[0] or "."), rules, declared)
    for match in matches:
        # `**` finds folders and what is below them: the folders are not walked again.
        yield from walk.entry(match[len(start) :], match, enter="**" not in path, named=True)
    _raise_any(walk.failures)


class _Walk:
    """Goes through a folder. Links that lead out of it are refused."""

    def __init__(self, top: str, rules: _Rules, declared: date | None) -> None:
        self.failures: list[DumpError] = []
        """Folders that could not be read."""
        self._top = top.rstrip("/") + "/"
        self._rules = rules
        self._declared = declared

    def folder(self, path: str, location: str) -> Iterator[Found]:
        """All below a folder, sorted by name."""
        try:
            with os.scandir(location) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            yield Skipped(_shown(path), "vanished while the folder was read")
            return
        except PermissionError:
            self.failures.append(_forbidden(path))
            return
        prefix = path if path.endswith("/") else f"{path}/"
        for entry in listed:
            name = entry.name
            if self._rules.passes(name):
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    yield self._file(f"{prefix}{name}", entry.path, name, entry.stat().st_size)
                elif entry.is_dir(follow_symlinks=False):
                    yield from self.folder(f"{prefix}{name}", entry.path)
                else:
                    yield from self.entry(f"{prefix}{name}", entry.path, enter=False, named=False)
            except FileNotFoundError:
                yield Skipped(_shown(f"{prefix}{name}"), "vanished while the folder was read")

    def entry(self, path: str, location: str, *, enter: bool, named: bool) -> Iterator[Found]:
        """One file or link, or a folder if it is to be entered."""
        try:
            status = os.lstat(location)
            if stat.S_ISLNK(status.st_mode):
                target = os.path.realpath(location)
                if not target.startswith(self._top):
                    yield Skipped(_shown(path), f"is a link out of {_shown(self._top)}; name it to read it")
                    return
                status = os.stat(target)  # noqa: PTH116
                if stat.S_ISDIR(status.st_mode):
                    yield Skipped(_shown(path), "is a link to a folder; name it to read it")
                    return
        except OSError:  # links may lead in circles too
            yield Skipped(_shown(path), "vanished, or is a link to nothing")
            return
        name = location.rpartition("/")[2]
        if stat.S_ISREG(status.st_mode):
            if not (named and self._rules.passes(name)):
                yield self._file(path, location, name, status.st_size)
        elif not stat.S_ISDIR(status.st_mode):
            yield Skipped(_shown(path), f"is {_kind(status.st_mode)}, not a regular file")
        elif enter:
            yield from self.folder(path, location)

    def _file(self, path: str, location: str, name: str, size: int) -> Found:
        refusal = self._rules.refusal(name)
        if refusal is not None:
            return Skipped(_shown(path), refusal)
        return Dump(_shown(path), location, size, self._declared)


def _forbidden(path: str) -> DumpError:
    return DumpError(_shown(path), "may not be read; give this user the right to read it")


def _raise_any(failures: list[DumpError]) -> None:
    """Raise the first of some errors, with what the others say."""
    if failures:
        first, *others = failures
        raise DumpError(first.dump, first.message + "".join(f"; {other}" for other in others))


def _shown(path: str) -> str:
    return without_credentials(printable(path))


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "a FIFO"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a character device"),
        (stat.S_ISBLK, "a block device"),
    )
    return next((name for test, name in kinds if test(mode)), "a special file")
