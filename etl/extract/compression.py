"""Decompress streams: gzip, bzip2, xz, zstd; told by their first bytes, counted against the caps."""

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable

from isal import igzip_lib

from etl.errors import DumpError
from etl.extract.salvage import Again, Decompressor, Inflate, Tape, salvaged
from etl.extract.types import Readable
from etl.settings import Limits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAGIC = re.compile(
    rb"(?P<gzip>\x1f\x8b)|(?P<bzip2>BZh[1-9][1\x17])|(?P<xz>\xfd7zXZ\x00)"
    # The last one is a frame that zstd passes over, as its parallel compressors write first.
    rb"|(?P<zstd>\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)"
)
MAGIC_BYTES = 6
_READ = 256 << 10
_WRITE = 256 << 10
"""Bytes asked of a decompressor at a time; more is slower, for it must find memory for them."""
_LEAST = 64 << 10
"""Bytes that are given at a time where there are as many: a stream of tiny members, handed on as they are,
would cost whoever joins its pieces time quadratic in them."""
_XZ_MEMORY = 192 << 20
"""Enough for every preset of xz (65 MiB), with room; a hostile file may ask for 4 GiB."""
_ZSTD_WINDOW_LOG = 27
"""128 MiB: what the zstd tool decompresses unless told otherwise."""
_FREE_BYTES = 1 << 20
"""Decompressed bytes before the ratio counts: a few empty lines compress better than any cap allows."""


def _gzip() -> Decompressor:
    made: Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    return made


def _xz() -> Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _zstd() -> Decompressor:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=options)


def _deflate() -> Decompressor:
    made: Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
    return made


_DECOMPRESSORS: dict[str, Callable[[], Decompressor]] = {
    "deflate": _deflate,
    "gzip": _gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": _xz,
    "zstd": _zstd,
}
_EXACT: dict[str, Callable[[], Decompressor]] = {
    **_DECOMPRESSORS,
    "deflate": lambda: Inflate(-15),
    "gzip": lambda: Inflate(31),
}
"""Those that give every byte before a damage when they are asked for one at a time."""

_ISAL_ERROR: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # its stub says: an instance
_ERRORS = (
    _ISAL_ERROR,
    OSError,
    EOFError,
    ValueError,
    lzma.LZMAError,
    zstd.ZstdError,
    zlib.error,
    MemoryError,
)


def compression_of(head: bytes) -> str | None:
    """The compression that the first bytes of a stream tell, if any."""
    match = _MAGIC.match(head)
    return match.lastgroup if match else None


class Budget:
    """Decompressed bytes that a dump may still give. Shared by all layers and members of the dump."""

    def __init__(self, dump: str, size: int, limits: Limits) -> None:
        """`size` is the dump's own size in bytes, which the ratio is of."""
        self.dump = dump
        self._size = size
        self._limits = limits
        by_ratio = _FREE_BYTES + size * limits.expansion_ratio
        self._most = min(by_ratio, limits.expanded_bytes)
        self._spent = 0

    def spend(self, size: int) -> None:
        """Count bytes that came out of a decompressor. Raises `DumpError` once there are too many."""
        self._spent += size
        if self._spent > self._most:
            if self._most == self._limits.expanded_bytes:
                cap = f"{self._most:,} bytes (`limits.expanded_bytes` in config/settings.toml)"
            else:
                cap = (
                    f"{self._limits.expansion_ratio} times its {self._size:,} bytes "
                    "(`limits.expansion_ratio` in config/settings.toml)"
                )
            raise DumpError(self.dump, f"expands to more than {cap}")


class Expanded:
    """The decompressed bytes of a stream: all of its members, end to end, counted against a budget.

    What was decompressed before an error is given first, to the last byte. NULs after the last member are
    padding; anything else there is an error. `deflate`, which zip members use, has one member only.
    """

    def __init__(
        self, stream: Readable, compression: str, budget: Budget, again: Again | None = None
    ) -> None:
        """`again` gives the stream from its start, should it be damaged; without it the compressed bytes
        are kept on the way."""
        if again is None:
            stream = tape = Tape(stream)
            again = tape.again
        self._stream = stream
        self._again = again
        self._compression = compression
        self._budget = budget
        self._make = _DECOMPRESSORS[compression]
        self._decompressor = self._make()
        self._input = b""
        self._consumed = 0
        self._sound = 0
        """Compressed bytes of which all was given."""
        self._given = 0
        self._left = b""
        """What was salvaged and is still to be given."""
        self._failure: DumpError | None = None
        self._ended = False

    def read(self, size: int, /) -> bytes:
        pieces: list[bytes] = []
        wanted = min(size, _LEAST)
        try:
            while wanted > 0 and not self._ended and self._failure is None:
                if data := self._step(size):
                    self._given += len(data)
                    pieces.append(data)
                    size -= len(data)
                    wanted -= len(data)
        except DumpError as error:
            self._failure = error
        if pieces:
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if self._left:
            data, self._left = self._left[:size], self._left[size:]
            return data
        if self._failure is not None:
            raise self._failure
        return b""

    def _step(self, size: int) -> bytes:
        decompressor = self._decompressor
        if decompressor.eof:
            self._next_member()
            return b""
        data = self._input
        self._input = b""
        if not data and decompressor.needs_input:
            try:
                data = self._more()
            except DumpError:
                self._salvage()
                raise
            if not data:
                raise self._damaged("ends in the middle of its data (truncated); fetch it again")
        try:
            out = decompressor.decompress(data, min(size, _WRITE))
        except _ERRORS as error:
            raise self._damaged(_cause(error)) from None
        self._budget.spend(len(out))
        return out

    def _damaged(self, message: str) -> DumpError:
        self._salvage()
        return self._fault(message)

    def _salvage(self) -> None:
        found = salvaged(
            self._again(),
            _EXACT[self._compression],
            _ERRORS,
            given=self._given,
            sound=self._sound,
            most=2 * _WRITE,
        )
        self._budget.spend(len(found.data))
        self._left, self._consumed = found

    def _next_member(self) -> None:
        rest = bytes(self._decompressor.unused_data)
        while not (rest := rest.lstrip(b"\0")):
            rest = self._more()
            if not rest:
                self._ended = True
                return
        while len(rest) < MAGIC_BYTES and (piece := self._more()):
            rest += piece
        if compression_of(rest) != self._compression:
            raise self._fault(f"is followed by {rest[:20]!r}, which is none; cut that off or fetch it again")
        self._decompressor = self._make()
        self._input = rest
        self._sound = self._consumed - len(rest)

    def _more(self) -> bytes:
        self._sound = self._consumed
        data = self._stream.read(_READ)
        self._consumed += len(data)
        return data

    def _fault(self, message: str) -> DumpError:
        return DumpError(
            self._budget.dump, f"{self._compression} data {message} (at about byte {self._consumed:,})"
        )


def _cause(error: Exception) -> str:
    text = str(error)
    if isinstance(error, MemoryError) or "memory" in text.lower() or "too large" in text.lower():
        return f"asks for more memory than is allowed ({text}); compress it again with a smaller dictionary"
    return f"is damaged ({text}); fetch it again"
