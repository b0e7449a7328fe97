"""Starts the worker: takes up what the last one left, then becomes `prefect worker start`.

Exit status: the worker's own; 1 without a Prefect server that takes our password.
"""

import logging
import os
import sys
from typing import NoReturn

from cut_off import take_up
from prefect_api import POOL, prefect_api

from etl.errors import ArticleEtlError

# One run at a time, here and by the pool: a nightly and a backfill take turns.
_WORKER = [
    "prefect",
    "worker",
    "start",
    "--pool",
    POOL,
    "--type",
    "process",
    "--limit",
    "1",
    "--name",
    "worker",
]
_WORKER += ["--install-policy", "never", "--no-create-pool-if-not-found", "--with-healthcheck"]


def main() -> NoReturn:
    """Become the worker."""
    log = logging.getLogger("stack")
    log.addHandler(logging.StreamHandler())
    log.propagate = False  # Prefect has put a handler of its own on the root
    try:
        with prefect_api() as client:
            take_up(client, POOL)
    except ArticleEtlError as error:
        log.error("%s", error)
        sys.exit(1)
    os.execvp(_WORKER[0], _WORKER)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
