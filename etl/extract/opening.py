"""Open the raw bytes of a dump, near or far, and take their digest. Memory is bounded whatever the size."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import BinaryIO, Self

import msgspec

from etl.errors import DumpError
from etl.extract.names import file_name
from etl.extract.types import Dump, Readable

SLICE = 1 << 20
"""Bytes read at a time."""
_PIECES = 4
"""How many pieces of a dump may wait to be hashed."""

# O_NONBLOCK: should a FIFO take the file's place after it was found, opening it must not wait.
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Watched:
    """A stream that shows each piece to `watch` as it is read."""

    def __init__(self, stream: Readable, watch: Callable[[bytes], object]) -> None:
        self._stream = stream
        self._watch = watch

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._watch(data)
        return data


@contextmanager
def open_raw(dump: Dump, *, watch: Callable[[bytes], object] | None = None) -> Iterator[Readable]:
    """The dump's own bytes, still compressed if they are, as a stream.

    `watch` is given each piece as it is read, so that a digest costs no second pass.
    Raises `DumpError`.
    """
    with open_file(dump) as file:
        yield Watched(file, watch) if watch else file


@contextmanager
def open_file(dump: Dump) -> Iterator[BinaryIO]:
    """The dump's own bytes as an unbuffered file that can seek. Raises `DumpError`."""
    with fetched(dump) as local:
        with _failing_as_dump(dump):
            file = _opened(local)
        with file, _failing_as_dump(dump):
            yield file


@contextmanager
def fetched(dump: Dump) -> Iterator[Dump]:
    """The dump as a local one: itself, or a temporary copy of a remote one under the same `uri`.

    The bytes that are hashed are then the bytes that are read. Raises `DumpError`.
    """
    if dump.local:
        yield dump
        return
    with tempfile.TemporaryDirectory(prefix="article-etl-") as folder:
        import fsspec  # most runs never need it

        copy = Path(folder, file_name(dump.location).replace("\0", "") or "dump")
        try:
            with fsspec.open(dump.location, "rb") as remote, copy.open("wb") as local:
                shutil.copyfileobj(remote, local, SLICE)
        except FileNotFoundError:
            raise DumpError(dump.uri, "is not there; see the address") from None
        except ImportError as error:
            raise DumpError(dump.uri, f"needs a package that is not installed: {error}") from None
        except Exception as error:
            # Each protocol brings errors of its own, and their texts may hold the URL's password.
            raise DumpError(
                dump.uri, f"cannot be fetched ({type(error).__name__}); see that the address can be reached"
            ) from None
        yield msgspec.structs.replace(dump, location=str(copy), size=copy.stat().st_size)


def digest(dump: Dump) -> str:
    """SHA-256 of the dump's raw bytes, in hex. Raises `DumpError`."""
    with Hashing() as hashing, open_raw(dump, watch=hashing.update) as stream:
        while stream.read(SLICE):
            pass
    return hashing.hexdigest()


class Hashing:
    """SHA-256 in a thread of its own: a dump is hashed while its next piece is read. Memory: a few pieces."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._pieces: SimpleQueue[bytes] = SimpleQueue()
        self._room = BoundedSemaphore(_PIECES)
        self._thread = Thread(target=self._work, name="sha256", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._pieces.put(b"")
        self._thread.join()

    def update(self, piece: bytes) -> None:
        """Add the next piece; waits while several are still to be hashed."""
        if piece:
            self._room.acquire()
            self._pieces.put(piece)

    def hexdigest(self) -> str:
        """The digest of all pieces, once the block is left."""
        return self._sha256.hexdigest()

    def _work(self) -> None:
        while piece := self._pieces.get():
            self._sha256.update(piece)  # lets other threads run meanwhile
            self._room.release()


def read_small(dump: Dump) -> bytes:
    """The whole of a small dump, in as few system calls as it takes. Raises `DumpError`."""
    if not dump.local:
        with fetched(dump) as local:
            return read_small(local)
    with _failing_as_dump(dump):
        fd = os.open(dump.location, _FLAGS)
        try:
            # One byte more than expected tells the end of the file from growth; a buffer much too
            # large would cost more than the reading itself.
            size = 1 + (SLICE if dump.size is None else dump.size)
            data = os.read(fd, size)
            if len(data) == size:
                data += b"".join(iter(lambda: os.read(fd, SLICE), b""))
            elif not data:
                _require_regular(dump, fd)
            return data
        finally:
            os.close(fd)


def _opened(dump: Dump) -> BinaryIO:
    fd = os.open(dump.location, _FLAGS)
    try:
        _require_regular(dump, fd)
        return open(fd, "rb", buffering=0)  # noqa: PTH123 - from a descriptor
    except BaseException:
        os.close(fd)
        raise


def _require_regular(dump: Dump, fd: int) -> None:
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise DumpError(dump.uri, "is not a regular file; name a file")


class _failing_as_dump:  # noqa: N801 - used like a function
    """Turns the operating system's errors into `DumpError`. A class: it stands on the way of each file."""

    __slots__ = ("_dump",)

    def __init__(self, dump: Dump) -> None:
        self._dump = dump

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise DumpError(self._dump.uri, "is no longer there; load it again once it is back") from None
        if isinstance(error, PermissionError):
            raise DumpError(self._dump.uri, "may not be read; give this user the right to read it") from None
        if isinstance(error, OSError):
            raise DumpError(self._dump.uri, f"cannot be read: {error.strerror or error}") from None
