"""An open store with everything around it, for a command or a flow run."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime

import msgspec

from etl.configuration import Configuration, read_configuration
from etl.load.local_mongo import EmbeddedMongo
from etl.load.schema import Schema
from etl.load.store import Store, connect
from etl.pipeline.job import Job
from etl.pipeline.runners import Here, Processes, Runner
from etl.pipeline.workers import Connection, Workers, forked
from flows.environment import Environment


class Workshop(msgspec.Struct, frozen=True):
    """What a run works with."""

    environment: Environment
    configuration: Configuration
    store: Store
    schema: Schema
    connection: Connection
    forked: Workers | None = None
    """Worker processes that were started beforehand."""

    @property
    def workers(self) -> int:
        """How many worker processes the settings ask for."""
        return _workers(self.configuration)

    def job(self, run_date: date | None = None) -> Job:
        """A new run's job; its day is today (UTC) where none is declared."""
        now = datetime.now(UTC)
        run = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return Job.of(self.configuration, run, run_date or now.date())

    def runner(self, size: int) -> Runner:
        """Worker processes for much work; this process for little, where starting them would cost more."""
        if not _is_large(size, self.workers):
            return Here(self.store)
        return Processes(self.connection, self.workers, self.forked)


SMALL_RUN = 8 << 20
"""Bytes of dumps below which worker processes do not pay."""


@contextmanager
def workshop(
    environment: Environment, configuration: Configuration | None = None, *, size: int = 0
) -> Iterator[Workshop]:
    """Open the store that the environment names, or the embedded one, for as long as the block runs.

    Where `size`, the bytes of the dumps that will be loaded, is much, worker processes are started too.

    Raises:
        ConfigError: the configuration is wrong.
        StoreError: the server cannot be started or reached, or refuses the credentials.
    """
    configuration = configuration or read_configuration(environment.config)
    settings = configuration.settings
    processes = _workers(configuration)
    # First of all: a process with a client of the server has threads, and cannot be forked any more.
    with (
        forked(processes) if _is_large(size, processes) else nullcontext() as workers,
        _uri(environment) as uri,
    ):
        store = connect(uri, environment.database, settings.store, settings.retry)
        try:
            yield Workshop(
                environment=environment,
                configuration=configuration,
                store=store,
                schema=Schema.read(configuration.mongo),
                connection=Connection(uri, environment.database),
                forked=workers,
            )
        finally:
            store.close()


def _workers(configuration: Configuration) -> int:
    return configuration.settings.runner.processes or os.cpu_count() or 1


def _is_large(size: int, processes: int) -> bool:
    return processes > 1 and size >= SMALL_RUN


@contextmanager
def _uri(environment: Environment) -> Iterator[str]:
    if environment.uri is not None:
        yield environment.uri
        return
    with EmbeddedMongo(environment.home / "mongo", mongod=environment.mongod) as server:
        yield server.uri
