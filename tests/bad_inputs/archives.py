"""Cases 10 to 20: archives."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from tests.bad_inputs.case import COMPRESS, Case, lines, made, many
from tests.extract.helpers import tarred, zipped

_ONE = ("one.jsonl", lines("One"))
_TWO = ("two.jsonl", lines("Two"))


def _link(name: str, target: str = "/etc/passwd") -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, target.encode()


def _special(name: str, kind: bytes, target: str = "/etc/passwd") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return info, b""


def _patched(archive: bytes, name: str, *, local: dict[int, bytes], central: dict[int, bytes]) -> bytes:
    """A zip archive with bytes of a member's two headers replaced, by their offset there."""
    data = bytearray(archive)
    at = data.find(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.find(b"PK\x01\x02", at + 4)
    start = struct.unpack_from("<I", data, at + 42)[0]
    for base, changes in ((start, local), (at, central)):
        for offset, value in changes.items():
            data[base + offset : base + offset + len(value)] = value
    return bytes(data)


def _size_lie(size: int) -> bytes:
    value = struct.pack("<I", size)
    archive = zipped([_ONE, ("lie.jsonl", many(50)), _TWO])
    return _patched(archive, "lie.jsonl", local={22: value}, central={24: value})


def _with_method(method: int) -> bytes:
    value = struct.pack("<H", method)
    archive = zipped([_ONE, ("odd.jsonl", many(5)), _TWO])
    return _patched(archive, "odd.jsonl", local={8: value}, central={10: value})


def _encrypted() -> bytes:
    archive = zipped([_ONE, ("secret.jsonl", many(5)), _TWO])
    return _patched(archive, "secret.jsonl", local={6: b"\x01\x00"}, central={8: b"\x01\x00"})


def _zip_bomb() -> bytes:
    """300 MB in about 300 kB, in a member between two sound ones."""
    return zipped([_ONE, ("bomb.jsonl", lines("Before") + b" " * (300 << 20)), _TWO])


def _overlapping() -> bytes:
    """Many members of the directory that all lead to the same compressed data."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.jsonl", b" " * (4 << 20) + b"\n")
        first = archive.infolist()[0]
        for n in range(1, 2000):
            info = zipfile.ZipInfo(f"{n}.jsonl")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(info, name, getattr(first, name))
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return file.getvalue()


def _zips_in_zips() -> bytes:
    data = zipped([_ONE])
    for n in range(5):
        data = zipped([(f"{n}.zip", data)])
    return data


def _many_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for n in range(65_000):
            archive.writestr(f"{n}.jsonl", b"")


def _many_tar(folder: Path) -> None:
    header = tarfile.TarInfo("0.jsonl").tobuf()
    with (folder / "a.tar").open("wb") as file:
        file.write(tarred([_ONE])[:1024])
        for _ in range(65):
            file.write(header * 1000)
        file.write(b"\0" * 1024)


def _twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(*_ONE)
        archive.NameToInfo.clear()  # or else it warns
        archive.writestr(_ONE[0], _TWO[1])
    return file.getvalue()


def _tar(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], ending: str = "") -> bytes:
    data = tarred(members)
    return COMPRESS[ending](data) if ending else data


_SPECIALS = [
    _ONE,
    _special("link.jsonl", tarfile.SYMTYPE),
    _special("hard.jsonl", tarfile.LNKTYPE),
    _special("device.jsonl", tarfile.CHRTYPE),
    _special("block.jsonl", tarfile.BLKTYPE),
    _special("fifo.jsonl", tarfile.FIFOTYPE),
    _TWO,
]
_SKIPPED = (
    "link.jsonl: is a symbolic link",
    "hard.jsonl: is a hard link",
    "device.jsonl: is a character device",
    "block.jsonl: is a block device",
    "fifo.jsonl: is a FIFO",
)
_UP = [
    ("../../up.jsonl", lines("Up")),
    ("/tmp/abs.jsonl", lines("Absolute")),
    ("a\\..\\..\\b.jsonl", lines("Back")),
]
_BOTH = ("One", "Two")
_MEMBERS = "50,000 members (`limits.members`"

CASES = [
    Case(10, "zip with dots", made("a.zip", lambda: zipped(_UP)), ("Up", "Absolute", "Back")),
    Case(
        11,
        "zip with a link",
        made("a.zip", lambda: zipped([_ONE, _link("link.jsonl"), _TWO])),
        _BOTH,
        notes=("link.jsonl: is a symbolic link",),
    ),
    Case(
        12,
        "zip bomb",
        made("a.zip", _zip_bomb),
        ("One", "Before"),
        failed="limits.expansion_ratio",
        slow=True,
    ),
    Case(12, "zip bomb of overlapping members", made("a.zip", _overlapping), failed="limits.expansion_ratio"),
    Case(12, "zips in zips", made("a.zip", _zips_in_zips), failed="limits.nested_archives"),
    Case(
        12,
        "bomb in a tar",
        made("a.tar.gz", lambda: _tar([_ONE, ("b.jsonl", b" " * (100 << 20))], "gz")),
        ("One",),
        failed="limits.expansion_ratio",
    ),
    Case(
        13,
        "size that is too small",
        made("a.zip", lambda: _size_lie(700)),
        2,
        at_least=True,
        failed="member lie.jsonl: its size is not the 700 bytes",
    ),
    Case(
        13,
        "size that is too large",
        made("a.zip", lambda: _size_lie(1 << 30)),
        52,
        failed="member lie.jsonl: its size is not",
    ),
    Case(
        14, "encrypted member", made("a.zip", _encrypted), _BOTH, failed="member secret.jsonl: is encrypted"
    ),
    Case(
        15,
        "Deflate64",
        made("a.zip", lambda: _with_method(9)),
        _BOTH,
        failed="member odd.jsonl: uses the compression Deflate64",
    ),
    Case(
        15,
        "unknown compression",
        made("a.zip", lambda: _with_method(77)),
        _BOTH,
        failed="member odd.jsonl: uses the compression number 77",
    ),
    Case(16, "too many members of a zip", _many_zip, failed=_MEMBERS, slow=True),
    Case(16, "too many members of a tar", _many_tar, ("One",), failed=_MEMBERS),
    Case(17, "two members of one name in a zip", made("a.zip", _twice), _BOTH),
    Case(
        17,
        "two members of one name in a tar",
        made("a.tgz", lambda: _tar([_ONE, (_ONE[0], _TWO[1])], "gz")),
        _BOTH,
    ),
    Case(18, "tar with dots", made("a.tar", lambda: _tar(_UP)), ("Up", "Absolute", "Back")),
    Case(19, "tar with links and devices", made("a.tar", lambda: _tar(_SPECIALS)), _BOTH, notes=_SKIPPED),
    Case(
        19,
        "compressed tar with them",
        made("a.tar.zst", lambda: _tar(_SPECIALS, "zst")),
        _BOTH,
        notes=_SKIPPED,
    ),
    Case(
        20,
        "tar cut in a member",
        made("a.tar", lambda: _tar([_ONE, ("b.jsonl", many(100))])[:4000]),
        5,
        at_least=True,
        failed="truncated",
    ),
    Case(
        20,
        "tar cut in a header",
        made("a.tar", lambda: _tar([_ONE, _TWO])[:1236]),
        ("One",),
        failed="truncated",
    ),
    Case(
        20,
        "tar without its end mark",
        made("a.tar", lambda: _tar([_ONE, _TWO])[:2048]),
        _BOTH,
        failed="truncated",
    ),
    Case(
        20,
        "compressed tar cut",
        made("a.tar.gz", lambda: _tar([_ONE, ("b.jsonl", many(3000))], "gz")[:-3000]),
        5,
        at_least=True,
        failed="truncated",
    ),
    Case(20, "zip cut", made("a.zip", lambda: zipped([_ONE, _TWO])[:-30]), failed="damaged or truncated"),
]
