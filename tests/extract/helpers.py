"""What the tests of extraction share: settings, and dumps made on the fly."""

import io
import os
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.errors import DumpError
from etl.extract.dump import read_dump
from etl.extract.types import Dump, Reading, Skipped
from etl.model import RawRecord, Rejection
from etl.settings import Limits

SHARED = Path(os.environ.get("ARTICLE_ETL_SHARED", Path(__file__).parents[2] / "../shared")).resolve()

needs_dumps = pytest.mark.skipif(
    not (SHARED / "dumps").is_dir(), reason="the real dumps are not here (set ARTICLE_ETL_SHARED)"
)


def reading(**changes: Any) -> Reading:
    """A reading of nothing stated, but for `changes`; `limits` may be a dict."""
    limits = changes.pop("limits", {})
    plain = Reading(format=None, encoding=None, records=None, delimiter=None, limits=Limits(**limits))
    return msgspec.structs.replace(plain, **changes)


def dump_of(path: Path) -> Dump:
    """A local file as a dump."""
    return Dump(str(path), str(path), path.stat().st_size)


def outcome_of(path: Path, **changes: Any) -> tuple[list[RawRecord | Rejection], list[Skipped], str | None]:
    """Records, skipped and the error's message of a dump that is read to its end."""
    records: list[RawRecord | Rejection] = []
    skipped: list[Skipped] = []
    try:
        for found in read_dump(dump_of(path), reading(**changes)):
            (skipped if isinstance(found, Skipped) else records).append(found)
    except DumpError as error:
        return records, skipped, error.message
    return records, skipped, None


def titles(records: Iterable[RawRecord | Rejection]) -> list[Any]:
    """The titles of records, and the reasons of rejections in angle brackets."""
    return [
        record.fields.get("title") if isinstance(record, RawRecord) else f"<{record.reason.value}>"
        for record in records
    ]


def zipped(
    members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip archive of some members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data, compress_type=method)
    return file.getvalue()


def tarred(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of some members."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()
