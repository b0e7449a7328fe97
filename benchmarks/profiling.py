"""Where a load's time goes, function by function and command by command, in one process.

    python -m benchmarks.profiling ARTICLES.jsonl

The product's own chunk function loads the dump into an empty database of a server that is started for
it, under cProfile. That makes calls look dearer than they are: compare shares, and trust `stages` for
absolute costs.
"""

import cProfile
import pstats
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from pymongo import monitoring
from rich.console import Console
from rich.table import Table

from benchmarks.product import CONFIG, dump_at, job
from benchmarks.server import DATABASE, running
from etl.load.schema import Schema
from etl.load.store import connect
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk
from etl.sources import ADHOC

_SHOWN = 45


class _Commands(monitoring.CommandListener):
    """How often each command was sent to each collection, and how long it was waited for."""

    def __init__(self) -> None:
        self.seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.calls: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._open: dict[int, tuple[str, str]] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        target = event.command.get(event.command_name)
        self._open[event.request_id] = (event.command_name, target if isinstance(target, str) else "")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self._ended(event)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._ended(event)

    def _ended(self, event: Any) -> None:
        name = self._open.pop(event.request_id, (event.command_name, ""))
        self.seconds[name] += event.duration_micros / 1e6
        self.calls[name] += 1

    def table(self) -> Table:
        table = Table(title="Waiting for the server, by command")
        for column in ("command", "collection", "times", "seconds"):
            table.add_column(column, justify="right" if column in ("times", "seconds") else "left")
        for name, seconds in sorted(self.seconds.items(), key=lambda each: -each[1]):
            table.add_row(*name, str(self.calls[name]), f"{seconds:.2f}")
        return table


def main(path: Path) -> None:
    the_job, dump, commands = job(), dump_at(path), _Commands()
    monitoring.register(commands)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        store = connect(server.uri, DATABASE, the_job.settings.store, the_job.settings.retry)
        schema = Schema.read(CONFIG / "mongo")
        schema.prepare(store)
        server_cpu = server.cpu()
        profile = cProfile.Profile()
        profile.enable()
        report = load_chunk(Chunk(ADHOC, (dump,), dump.size or 0), the_job, store)
        profile.disable()
        server_cpu = server.cpu() - server_cpu
        store.close()
    console = Console()
    console.print(report.counts, f"server CPU {server_cpu:.2f} s")
    console.print(commands.table())
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(_SHOWN)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
