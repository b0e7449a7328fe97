"""Connecting: what is wrong is said in seconds, and no secret is said at all."""

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient, ReadPreference
from pymongo.database import Database

from etl.errors import ConfigError, StoreError, StoreUnavailableError
from etl.load.articles import ArticleSink
from etl.load.ledger import Ledger, load_id
from etl.load.local_mongo import EmbeddedMongo
from etl.load.quarantine import Quarantine, Selection
from etl.load.runs import Runs
from etl.load.schema import Schema
from etl.load.store import Store, connect, connected
from etl.settings import RetrySettings, StoreSettings
from tests.command import PROJECT
from tests.load.made import article, rejection, stamp

pytestmark = pytest.mark.mongo

SETTINGS = StoreSettings(server_selection_seconds=1)
RETRY = RetrySettings(budget_seconds=2)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def hosts_of(uri: str) -> str:
    return uri.partition("://")[2].partition("/")[0].rpartition("@")[2]


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with authentication, and a user `loader` that may read and write one database; its address."""
    folder = tmp_path_factory.mktemp("locked")
    with EmbeddedMongo(folder, cache_gb=0.25) as server:
        address = hosts_of(server.uri)
        key = (folder / "key").read_text()
        root: MongoClient[dict[str, object]] = MongoClient(
            f"mongodb://{address}/?directConnection=true",
            username="__system",
            password=key,
            authSource="local",
        )
        with root:
            role = {"role": "readWrite", "db": "articles"}
            root.admin.command("createUser", "loader", pwd="planted:/@", roles=[role])
            root.admin.command("createUser", "nobody", pwd="planted", roles=[])
        yield address


class TestWhatIsWrongIsSaid:
    @pytest.mark.parametrize(
        "uri",
        [
            "http://user:planted@host",
            "mongodb://user:plan/ted@host:27017",
            "mongodb://user:planted@host:port",
            "mongodb://user:planted@host/?readPreference=planted",
            "mongodb://user:planted@host/?tsl=true",
            "planted",
        ],
    )
    def test_a_uri_that_is_none(self, uri: str) -> None:
        with pytest.raises(ConfigError, match="MongoDB URI cannot be used") as caught:
            connect(uri, "db", SETTINGS, RETRY)
        assert "ted" not in str(caught.value)
        assert caught.value.__context__ is None

    def test_a_host_name_that_does_not_exist(self) -> None:
        with pytest.raises(StoreError, match=r"nowhere\.invalid .* does not resolve") as caught:
            connect("mongodb://user:planted@nowhere.invalid/", "db", SETTINGS, RETRY)
        assert "planted" not in str(caught.value)

    def test_a_server_that_is_not_there(self) -> None:
        port = unused_port()
        started = time.monotonic()
        with pytest.raises(StoreUnavailableError, match=f"127.0.0.1:{port} within 1 s"):
            connect(f"mongodb://127.0.0.1:{port}/", "db", SETTINGS, RETRY)
        assert time.monotonic() - started < 5

    def test_a_wrong_replica_set_name_is_told_from_an_outage(self, mongo_uri: str) -> None:
        uri = f"mongodb://{hosts_of(mongo_uri)}/?replicaSet=another"
        started = time.monotonic()
        with pytest.raises(StoreError, match="URI says replicaSet=another") as caught:
            connect(uri, "db", SETTINGS, RETRY)
        assert not isinstance(caught.value, StoreUnavailableError)
        assert time.monotonic() - started < 5

    def test_wrong_credentials(self, locked: str) -> None:
        for credentials in ("loader:wrong", "unknown:planted"):
            with pytest.raises(StoreError, match="user name or the password") as caught:
                connect(f"mongodb://{credentials}@{locked}/?authSource=admin", "articles", SETTINGS, RETRY)
            assert "planted" not in str(caught.value)
            assert "wrong" not in str(caught.value)

    def test_a_user_without_rights(self, locked: str) -> None:
        with pytest.raises(StoreError, match="needs the role readWrite"):
            connect(f"mongodb://nobody:planted@{locked}/?authSource=admin", "articles", SETTINGS, RETRY)

    def test_no_credentials_where_they_are_needed(self, locked: str) -> None:
        with pytest.raises(StoreError, match="needs the role readWrite"):
            connect(f"mongodb://{locked}/", "articles", SETTINGS, RETRY)

    def test_nothing_hangs_on_the_error(self, locked: str) -> None:
        with pytest.raises(StoreError) as caught:
            connect(f"mongodb://loader:wrong@{locked}/?authSource=admin", "articles", SETTINGS, RETRY)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None


class TestLeastPrivilege:
    @pytest.fixture
    def uri(self, locked: str) -> str:
        return f"mongodb://loader:planted%3A%2F%40@{locked}/?authSource=admin"

    def test_a_user_that_may_only_read_and_write_can_do_the_whole_job(self, uri: str) -> None:
        store = connect(uri, "articles", SETTINGS, RETRY)
        schema = Schema.read(PROJECT / "config/mongo")
        assert schema.prepare(store) is True
        sink, ledger, this = ArticleSink(store), Ledger(store), load_id(stamp())
        Runs(store).start("r", kind="load", run_date=article("k").published_at.date())  # type: ignore[union-attr]
        ledger.begin(this, stamp(), 1)
        for batch in ([article("k", "A", 1)], [article("k", "B", 2)], [article("k", "A", 3)]):
            sink.apply(sink.plan(batch))
        Quarantine(store).write(stamp(), [rejection()])
        Quarantine(store).resolve([stamp(0, "r", "2-x")])
        ledger.finish(this)
        schema.finish(store)
        assert schema.prepare(store) is False
        assert Quarantine(store).count(Selection(state="resolved")) == 1
        store.close()

    def test_a_missing_validator_that_may_not_be_set_is_a_warning(
        self, uri: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = connect(uri, "articles", SETTINGS, RETRY)
        for name in store.database.list_collection_names():
            store.database[name].drop()
        store.database.create_collection("runs")
        Schema.read(PROJECT / "config/mongo").prepare(store)
        assert "runs has no validator" in caplog.text
        store.close()

    def test_another_validator_that_may_not_be_changed_stops(self, uri: str) -> None:
        store = connect(uri, "articles", SETTINGS, RETRY)
        store.database["runs"].drop()
        store.database.create_collection("runs", validator={"$jsonSchema": {"required": ["something else"]}})
        with pytest.raises(StoreError, match=r"validator of runs differs .* dbAdmin"):
            Schema.read(PROJECT / "config/mongo").prepare(store)
        store.database["runs"].drop()
        store.close()


class TestAnOpenStore:
    def test_its_writes_are_durable_whatever_the_uri_says(self, mongo_uri: str) -> None:
        weak = "w=1&journal=false&readPreference=secondary"
        store = connect(f"{mongo_uri}&{weak}", "db", SETTINGS, RETRY)
        assert store.articles.write_concern.document == {"w": "majority", "j": True, "wtimeout": 20_000}
        assert store.articles.read_preference == ReadPreference.PRIMARY
        assert store.articles.codec_options.tz_aware is False
        store.close()

    def test_its_writes_are_repeated_by_us_alone_whatever_the_uri_says(self, mongo_uri: str) -> None:
        store = connect(f"{mongo_uri}&retryWrites=true", "db", SETTINGS, RETRY)
        assert store.client.options.retry_writes is False
        store.close()

    def test_its_text_names_the_address_and_no_password(self, locked: str) -> None:
        uri = f"mongodb://loader:planted%3A%2F%40@{locked}/?authSource=admin"
        store = connect(uri, "articles", SETTINGS, RETRY)
        assert repr(store) == f"Store('articles' at {locked})"
        store.close()

    def test_a_process_has_one_for_each_database(self, mongo_uri: str) -> None:
        first = connected(mongo_uri, "db1", SETTINGS, RETRY)
        assert connected(mongo_uri, "db1", SETTINGS, RETRY) is first
        second = connected(mongo_uri, "db2", SETTINGS, RETRY)
        assert second is not first
        first.close()
        second.close()

    def test_closing_is_quick_when_the_server_is_gone(self, tmp_path: Path) -> None:
        with EmbeddedMongo(tmp_path / "gone", cache_gb=0.25, auth=False) as server:
            store = connect(server.uri, "db", StoreSettings(), RETRY)
            store.articles.insert_one({"_id": "leaves a session behind"})
        started = time.monotonic()
        store.close()
        assert time.monotonic() - started < 3

    def test_a_standalone_is_warned_of(
        self, mongo_uri: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command = Database.command

        def alone(self: object, *arguments: object, **options: object) -> dict[str, object]:
            reply: dict[str, object] = command(self, *arguments, **options)  # type: ignore[arg-type]
            reply.pop("setName", None)
            return reply

        monkeypatch.setattr("pymongo.database.Database.command", alone)
        with caplog.at_level(logging.WARNING):
            connect(mongo_uri, "db", SETTINGS, RETRY).close()
        assert "is a standalone" in caplog.text


def test_a_store_that_is_closed_says_so(mongo_uri: str) -> None:
    store: Store = connect(mongo_uri, "db", SETTINGS, RETRY)
    store.close()
    with pytest.raises(StoreError, match="already closed"):
        Runs(store).get("r")
