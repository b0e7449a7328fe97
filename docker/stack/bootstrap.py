"""One shot before the worker starts: makes what the stack needs and changes only what is not so yet.

1. MongoDB: the replica set, the loader's user, collections with validators and indexes.
2. Prefect: the work pool with limit 1, and the deployments.

Exit status: 0 all is as it should be; 1 something failed; 2 the configuration is wrong.
"""

import logging
import os
import sys
from pathlib import Path

from prefect_api import PATIENCE, POOL, prefect_api
from replica_set import provision_mongo
from work_pool import provision_prefect

from etl.configuration import read_configuration
from etl.errors import ArticleEtlError, ConfigError
from flows.environment import Environment


def main() -> int:
    """Do it; say on stderr what was done."""
    log = logging.getLogger("stack")
    log.setLevel(logging.INFO)
    log.addHandler(logging.StreamHandler())
    log.propagate = False  # Prefect has put a handler of its own on the root
    try:
        provision()
    except ArticleEtlError as error:
        log.error("%s", error)
        return 2 if isinstance(error, ConfigError) else 1
    log.info("done")
    return 0


def provision() -> None:
    """MongoDB, then Prefect.

    Raises:
        ArticleEtlError: what is wrong, and the next step; no secret is in its text.
    """
    environment = Environment.read()
    configuration = read_configuration(environment.config)
    schema = configuration.folder / "mongo"
    if environment.uri is None:
        raise ConfigError("set ARTICLE_ETL_MONGO_URI_FILE: the file with the address that the loader uses")
    provision_mongo(environment.uri, environment.database, _secret("MONGO_KEY_FILE"), schema, PATIENCE)
    with prefect_api() as client:
        provision_prefect(client, POOL, configuration.settings.schedule)


def _secret(variable: str) -> str:
    path = os.environ.get(variable)
    if not path:
        raise ConfigError(f"set {variable}: the file with the replica set's key")
    try:
        text = "".join(Path(path).read_text(encoding="ascii").split())  # as mongod reads it
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{variable}: cannot read {path}") from error
    if not text:
        raise ConfigError(f"{variable}: {path} is empty")
    return text


if __name__ == "__main__":
    sys.exit(main())
