"""Chunks as Prefect tasks on a Dask cluster that is there already: scheduler and workers are somebody else's.

What travels is a chunk's description, the job and the name of the database. A worker reads the server's
address from its own environment, as everything else that connects does.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from prefect import task
from prefect.cache_policies import NO_CACHE

from etl.errors import ConfigError, StoreError
from etl.load.runs import Runs
from etl.load.store import connected
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop
from flows.environment import Environment
from flows.tasks import label_of, submitted

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

CONNECT_SECONDS = 10.0
"""How long the scheduler may take to answer."""
WORKERS_SECONDS = 30.0
"""How long to wait for a first worker: a cluster that grows on demand may have none yet."""


class Order(msgspec.Struct, frozen=True):
    """What a worker is asked to do. It holds no secret: Prefect and Dask may show it."""

    chunk: Chunk
    job: Job
    database: str


# Not retried by Prefect: Dask runs the tasks of a worker that died on another one by itself, and the
# ledger knows what the dead one had finished.
@task(name="load-chunk", task_run_name="{label}", cache_policy=NO_CACHE, persist_result=False)
def load_on_worker(label: str, order: Order) -> ChunkReport:
    """Load one chunk from within a worker of the cluster, and give its report."""
    try:
        return fulfil(order, Environment.read())
    except ConfigError as error:
        raise StoreError(f"the environment of a Dask worker: {error}") from None


def fulfil(order: Order, environment: Environment) -> ChunkReport:
    """Load a chunk into the server that a worker's environment names.

    Raises:
        StoreError: it names none, or another one than that of the run.
    """
    if environment.uri is None:
        raise StoreError(
            "a Dask worker does not know the MongoDB server: start every worker with "
            "ARTICLE_ETL_MONGO_URI or ARTICLE_ETL_MONGO_URI_FILE in its environment"
        )
    settings = order.job.settings
    store = connected(environment.uri, order.database, settings.store, settings.retry)
    if Runs(store).get(order.job.run) is None:
        raise StoreError(
            f"a Dask worker is set up for another MongoDB server ({', '.join(store.hosts())}) than the run: "
            "give all of them the same ARTICLE_ETL_MONGO_URI"
        )
    return load_chunk(order.chunk, order.job, store)


class OnCluster:
    """A runner whose chunks are tasks on a Dask cluster."""

    def __init__(self, tasks: "DaskTaskRunner", database: str) -> None:
        self._tasks = tasks
        self._database = database
        self.workers = sum(tasks.client.nthreads().values())  # type: ignore[no-untyped-call]
        """Threads of all workers that are there now."""

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        """As `Runner` says. A stop waits for the chunks that are under way."""
        try:
            yield from submitted(
                chunks, lambda chunk: self._submit(Order(chunk, job, self._database)), 2 * self.workers, stop
            )
        except (OSError, TimeoutError, RuntimeError, _cancelled(), _killed()) as error:
            raise StoreError(
                f"the Dask cluster was lost ({type(error).__name__}); what it had loaded stays, start the "
                "run again to load the rest"
            ) from None

    def get_ready(self) -> None:
        """Nothing to do: the workers are up."""

    def _submit(self, order: Order) -> Any:
        parameters = {"label": label_of(order.chunk), "order": order}
        return self._tasks.submit(load_on_worker, parameters)


@contextmanager
def cluster(address: str, environment: Environment) -> Iterator[OnCluster]:
    """A runner on the cluster of that scheduler, connected for as long as the block runs.

    Raises:
        ConfigError: the extra is not installed, no scheduler answers, it has no worker, or there is no
            MongoDB server that workers could reach.
    """
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise ConfigError(
            'runner.kind = "dask" in config/settings.toml needs packages that are not installed: '
            "pip install 'article-etl[dask]'"
        ) from None
    if environment.uri is None:
        raise ConfigError(
            'runner.kind = "dask" needs a MongoDB server that every worker reaches, not the embedded one: '
            "set ARTICLE_ETL_MONGO_URI or ARTICLE_ETL_MONGO_URI_FILE here and for each worker"
        )
    with DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT_SECONDS}) as tasks:
        try:
            tasks.client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except (OSError, ValueError) as error:  # a time-out is an OSError
            what = (
                "has no worker; start one with `dask worker`"
                if _connected(tasks)
                else f"does not answer ({type(error).__name__}); see the address and that it runs"
            )
            raise ConfigError(
                f"runner.address in config/settings.toml: the Dask scheduler at {address} {what}"
            ) from None
        yield OnCluster(tasks, environment.database)


def _connected(tasks: "DaskTaskRunner") -> bool:
    return tasks._client is not None


def _cancelled() -> type[BaseException]:
    from distributed.client import FutureCancelledError

    error: type[BaseException] = FutureCancelledError
    return error


def _killed() -> type[BaseException]:
    from distributed.scheduler import KilledWorker

    error: type[BaseException] = KilledWorker
    return error
