"""The environment becomes checked values at the edge, and its secrets are shown nowhere."""

from pathlib import Path

import pytest

from etl.errors import ConfigError
from flows.environment import Environment

URI = "mongodb://ann:s3cret@db.example:27017"


def test_nothing_set_means_the_embedded_server_and_the_default_database(tmp_path: Path) -> None:
    environment = Environment.read({"ARTICLE_ETL_HOME": str(tmp_path)})
    assert environment.home == tmp_path
    assert environment.uri is None
    assert environment.database == "article_etl"


def test_the_uri_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "uri"
    file.write_text(URI + "\n")
    assert Environment.read({"ARTICLE_ETL_MONGO_URI_FILE": str(file)}).uri == URI


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Environment.read({"ARTICLE_ETL_MONGO_URI": URI}))


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ARTICLE_ETL_MONGO_URI": URI, "ARTICLE_ETL_MONGO_URI_FILE": "x"}, "not both"),
        ({"ARTICLE_ETL_MONGO_URI_FILE": "/nowhere/at/all"}, "cannot read /nowhere/at/all"),
        ({"ARTICLE_ETL_MONGO_URI": "ann:s3cret@db"}, "must begin with mongodb://"),
        ({"ARTICLE_ETL_MONGOD": "/nowhere/mongod"}, "ARTICLE_ETL_MONGOD"),
        ({"ARTICLE_ETL_DATABASE": "a/b"}, "ARTICLE_ETL_DATABASE"),
    ],
)
def test_a_wrong_variable_is_named_without_its_secret(variables: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        Environment.read(variables)
    assert "s3cret" not in str(caught.value)
