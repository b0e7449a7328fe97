"""Where a contender is to load to, and how it reports what counts of its time."""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from benchmarks.processes import cpu_of


def database() -> Database[dict[str, Any]]:
    """The database that the environment names."""
    client: MongoClient[dict[str, Any]] = MongoClient(os.environ["ARTICLE_ETL_MONGO_URI"])
    return client[os.environ["ARTICLE_ETL_DATABASE"]]


@contextmanager
def counted() -> Iterator[None]:
    """Print, as one line of JSON, what the block took, where the rest of the process is not to count."""
    server = int(os.environ["BENCHMARK_SERVER_PID"])
    clock, own, its = time.perf_counter(), _own_cpu(), cpu_of(server)
    yield
    report = {
        "seconds": time.perf_counter() - clock,
        "client_cpu": _own_cpu() - own,
        "server_cpu": cpu_of(server) - its,
    }
    sys.stdout.write(json.dumps(report) + "\n")


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
