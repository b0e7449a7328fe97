"""The edge: where environment variables and folders become values. Nothing further in reads them."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from platformdirs import user_data_path

from etl.configuration import SHIPPED
from etl.errors import ConfigError


class Environment(msgspec.Struct, frozen=True):
    """What the environment says, checked."""

    home: Path
    """Data folder: the embedded MongoDB, Prefect's history, logs."""
    config: Path
    database: str
    mongod: str | None
    """Path of a mongod to use in place of the one that is found."""
    uri: str | None = None
    """Address of a MongoDB server; None for the embedded one. Holds a password: never shown."""

    def __repr__(self) -> str:
        server = "configured" if self.uri else "embedded"
        return f"Environment(home={str(self.home)!r}, database={self.database!r}, mongodb={server})"

    @staticmethod
    def read(variables: Mapping[str, str] = os.environ) -> "Environment":
        """Read the `ARTICLE_ETL_*` variables.

        Raises:
            ConfigError: a variable is set to something that cannot be used; it is named.
        """
        mongod = variables.get("ARTICLE_ETL_MONGOD")
        if mongod and not Path(mongod).is_file():
            raise ConfigError(f"ARTICLE_ETL_MONGOD: no such file: {mongod}")
        database = variables.get("ARTICLE_ETL_DATABASE") or "article_etl"
        if set(database) & set('/\\. "$*<>:|?\0') or len(database) > 63:
            raise ConfigError(f"ARTICLE_ETL_DATABASE: not a MongoDB database name: {database!r}")
        home = variables.get("ARTICLE_ETL_HOME")
        return Environment(
            home=Path(home).expanduser().absolute() if home else user_data_path("article-etl"),
            config=_config(variables.get("ARTICLE_ETL_CONFIG")),
            database=database,
            mongod=mongod or None,
            uri=_uri(variables),
        )


def _config(value: str | None) -> Path:
    if value:
        return Path(value).expanduser().absolute()
    here = Path("config")
    return here.absolute() if (here / "settings.toml").is_file() else SHIPPED


def _uri(variables: Mapping[str, str]) -> str | None:
    uri, file = variables.get("ARTICLE_ETL_MONGO_URI"), variables.get("ARTICLE_ETL_MONGO_URI_FILE")
    if uri and file:
        raise ConfigError("set ARTICLE_ETL_MONGO_URI or ARTICLE_ETL_MONGO_URI_FILE, not both")
    if file:
        try:
            uri = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            cause = error.strerror if isinstance(error, OSError) else "not text"
            raise ConfigError(f"ARTICLE_ETL_MONGO_URI_FILE: cannot read {file}: {cause}") from None
        if not uri:
            raise ConfigError(f"ARTICLE_ETL_MONGO_URI_FILE: {file} is empty")
    if uri and not uri.startswith(("mongodb://", "mongodb+srv://")):
        # The value is not repeated: it may hold a password.
        raise ConfigError("the MongoDB address must begin with mongodb:// or mongodb+srv://")
    return uri or None
