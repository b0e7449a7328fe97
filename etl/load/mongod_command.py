"""The embedded server's command line and its secrets."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from etl.load.mongod_setup import REPLICA_SET


def command_line(mongod: Path, folder: Path, port: int, options: Sequence[str], *, auth: bool) -> list[str]:
    """How mongod is started; every option is known to releases 4.4 to 8.

    Durability is mongod's default: journaled, and a majority (of one) acknowledges from the journal.
    """
    command = [str(mongod), "--dbpath", str(folder / "db"), "--replSet", REPLICA_SET]
    command += ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"]
    command += ["--logpath", str(folder / "mongod.log"), "--logappend", "--quiet"]
    command += ["--setParameter", "diagnosticDataCollectionEnabled=false", "--oplogSize", "128"]
    # 32 MB of journal files in place of 300 MB; what is journaled, and when, stays the same.
    command += ["--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=32MB)"]
    if auth:
        secret(folder / "key")
        command += ["--keyFile", str(folder / "key")]
        # Our first user is made with the key: there is no moment without a password.
        command += ["--setParameter", "enableLocalhostAuthBypass=false"]
    return [*command, *options]


def secret(path: Path) -> str:
    """The secret in a 0600 file; a random one is put there first where there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    text = secrets.token_hex(32)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return text
