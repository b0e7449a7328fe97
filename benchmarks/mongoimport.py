"""MongoDB's own mongoimport, where it is on PATH: upserts by a unique key, nothing else done to a record."""

import shutil
from pathlib import Path

from benchmarks.server import DATABASE, Server

COMMAND = "mongoimport"
KEY = ("title", "published_at")


def available() -> bool:
    """Whether it can be run at all."""
    return shutil.which(COMMAND) is not None


def prepare(server: Server) -> None:
    """The unique index without which every upsert would scan the collection."""
    server.database["articles"].create_index([(field, 1) for field in KEY], unique=True)


def command(server: Server, dump: Path, folder: Path) -> list[str]:
    """Its command line. The address stands in a file, for it holds a password."""
    config = folder / "mongoimport.yaml"
    config.touch(mode=0o600)
    config.write_text(f'uri: "{server.uri}"\n', encoding="utf-8")
    upsert = ["--mode=upsert", f"--upsertFields={','.join(KEY)}"]
    where = [f"--db={DATABASE}", "--collection=articles", f"--file={dump}"]
    return [COMMAND, f"--config={config}", *where, *upsert, "--quiet"]
