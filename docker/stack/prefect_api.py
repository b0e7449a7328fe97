"""The Prefect server, awaited and known to take our password."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError

from etl.errors import ArticleEtlError

POOL = "article-etl"
PATIENCE = 120.0
"""Seconds that a server has to become usable. After a restart of the machine nobody starts us in order."""


@contextmanager
def prefect_api(patience: float = PATIENCE) -> Iterator[SyncPrefectClient]:
    """A client of the server that `PREFECT_API_URL` names, once it answers.

    Raises:
        ArticleEtlError: it is not there after `patience` seconds, or refuses us.
    """
    with get_client(sync_client=True) as client:
        deadline = time.monotonic() + patience
        while fault := _fault(client):
            if time.monotonic() > deadline:
                raise ArticleEtlError(f"no Prefect server at {client.api_url} ({fault})")
            time.sleep(1)
        yield client


def _fault(client: SyncPrefectClient) -> str | None:
    try:
        client.read_work_pools(limit=1)
    except PrefectHTTPStatusError as error:
        if error.response.status_code == httpx.codes.UNAUTHORIZED:
            raise ArticleEtlError(
                "the Prefect server refuses our secret prefect-auth: it was started with another one; "
                "recreate its container after a change of the secret"
            ) from None
        return f"status {error.response.status_code}"
    except httpx.TransportError as error:
        return type(error).__name__
    return None
