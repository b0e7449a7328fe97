"""Alarms reach a receiver: each state once, whoever looks and however often."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from etl.configuration import Configuration, read_configuration
from etl.load.store import Store
from tests.command import Command
from tests.flows.stack import day, run, write_day

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]


class Receiver:
    """Takes webhooks on loopback, and remembers them; answers with `status`."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.messages.append(json.loads(body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def kinds(self) -> list[str]:
        return sorted(message["subject"] for message in self.messages)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


@pytest.fixture
def block(receiver: Receiver, prefect_api: str, database: str) -> str:
    """The name of a webhook block that leads to the receiver."""
    from prefect.blocks.webhook import Webhook

    name = database.replace("_", "-")
    url = f"http://127.0.0.1:{receiver.server.server_port}/hook/s3cret"
    Webhook(url=url).save(name, _sync=True)
    return f"webhook/{name}"


@pytest.fixture
def configuration(operated: Database[Any], tmp_path: Path, block: str) -> Configuration:
    """The project's, with alarms through the block and expectations of the wire."""
    settings = tmp_path / "config/settings.toml"
    text = settings.read_text().replace('block = ""', f'block = "{block}"')
    settings.write_text(text)
    return read_configuration(tmp_path / "config")


def nightly(n: int) -> Any:
    from flows.nightly import nightly as flow

    return run(flow, date=day(n), sources=["wire"])


def test_each_kind_of_alarm_is_told_exactly_once(
    configuration: Configuration, operated: Database[Any], store: Store, tmp_path: Path, receiver: Receiver
) -> None:
    from flows.alarms import watch

    write_day(tmp_path, day(0))
    (tmp_path / "dumps" / f"{day(1)}.jsonl").rename(tmp_path / "dumps" / f"{day(1)}.jsonl.gz")
    source = tmp_path / "config/sources/wire.toml"
    source.write_text('paths = ["dumps/{date:%Y-%m-%d}.jsonl*"]\n')
    nightly(0)  # its day is long past: the source is silent
    assert receiver.kinds() == ["article-etl: silent source"]
    nightly(1)  # not gzip: the dump fails, and with it the run
    assert receiver.kinds() == ["article-etl: failed run", "article-etl: silent source"]
    operated.runs.update_many(
        {}, [{"$set": {"finished_at": {"$subtract": ["$finished_at", 27 * 3600 * 1000]}}}]
    )
    miss = {"source": "wire", "what": "min_records", "detail": "1 record, at least 500 expected"}
    operated.runs.update_many({}, {"$set": {"report.misses": [miss]}})
    for _ in range(3):
        watch(configuration, store)
    everything = ["expectation missed", "failed run", "no finished run", "silent source"]
    assert receiver.kinds() == [f"article-etl: {kind}" for kind in everything]
    assert "s3cret" not in json.dumps(list(operated.alarms.find()), default=str)
    write_day(tmp_path, day(2))
    nightly(2)  # all but the silence is over
    operated.runs.delete_one({"report.failed": 1})
    assert len(receiver.messages) == 4


def test_a_message_that_the_receiver_does_not_take_is_sent_again(
    configuration: Configuration, store: Store, receiver: Receiver
) -> None:
    from flows.alarms import AlarmError, watch

    receiver.status = 503
    nightly(0)  # the run itself is none the worse
    with pytest.raises(AlarmError, match="answered 503"):
        watch(configuration, store)
    assert receiver.messages == []
    receiver.status = 200
    watch(configuration, store)
    watch(configuration, store)
    assert receiver.kinds() == ["article-etl: silent source"]


def test_many_that_look_at_the_same_moment_tell_it_once(
    configuration: Configuration, store: Store, receiver: Receiver, operated: Database[Any]
) -> None:
    import contextvars

    from flows.alarms import watch

    receiver.status = 503
    nightly(0)
    receiver.status = 200
    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(watch, configuration, store))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receiver.kinds() == ["article-etl: silent source"]


def test_a_block_that_is_not_there_is_named_and_its_address_never(
    configuration: Configuration, receiver: Receiver, block: str
) -> None:
    from prefect.blocks.webhook import Webhook

    from flows.alarms import AlarmError, tell

    with pytest.raises(AlarmError, match="there is no block webhook/nowhere in Prefect"):
        tell("webhook/nowhere", "test", "x")
    Webhook(url="http://127.0.0.1:1/hook/s3cret").save("gone-" + block[8:], _sync=True)
    with pytest.raises(AlarmError) as raised:
        tell("webhook/gone-" + block[8:], "test", "x")
    assert "s3cret" not in str(raised.value)


def test_a_custom_webhook_block_of_notifications_works_as_well(
    configuration: Configuration, receiver: Receiver, block: str
) -> None:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    from flows.alarms import tell

    url = f"http://127.0.0.1:{receiver.server.server_port}/"
    made = CustomWebhookNotificationBlock(
        name="x", url=url, json_data={"subject": "{{subject}}", "text": "{{body}}"}
    )
    made.save("custom-" + block[8:], _sync=True)
    tell(f"{made.get_block_type_slug()}/custom-{block[8:]}", "test", "hello")
    assert receiver.messages == [{"subject": "article-etl: test", "text": "hello"}]


@pytest.fixture
def command(
    operated: Database[Any], tmp_path: Path, mongo_uri: str, database: str, prefect_api: str
) -> Command:
    variables = {
        "ARTICLE_ETL_CONFIG": str(tmp_path / "config"),
        "ARTICLE_ETL_MONGO_URI": mongo_uri,
        "ARTICLE_ETL_DATABASE": database,
        "PREFECT_API_URL": prefect_api,
    }
    return Command(tmp_path / "home", variables)


def test_the_watch_tells_with_nobody_running_a_flow(
    configuration: Configuration, command: Command, operated: Database[Any], receiver: Receiver
) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=27)
    row = {"kind": "nightly", "state": "completed", "run_date": "2026-03-01", "started_at": long_ago}
    operated.runs.insert_one({"_id": "r", **row, "finished_at": long_ago})
    assert "told: no finished run" in command.run("watch", "--once").stdout
    assert command.run("watch", "--once").stdout == ""
    assert receiver.kinds() == ["article-etl: no finished run"]
    assert "sent through webhook/" in command.run("watch", "--test").stdout
    assert receiver.kinds() == ["article-etl: no finished run", "article-etl: test"]


def test_status_check_exits_with_1_and_says_why_or_says_nothing(
    command: Command, operated: Database[Any], tmp_path: Path
) -> None:
    assert "no finished run: no run has ever finished" in command.run("status", "--check", status=1).stderr
    good = str(tmp_path / "dumps" / f"{day(0)}.jsonl")
    command.run("load", good)
    process = command.run("status", "--check")
    assert process.stdout == process.stderr == ""
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 torn")
    command.run("load", str(torn), status=1)
    assert "failed run: load of" in command.run("status", "--check", status=1).stderr
    command.run("load", good)
    command.run("status", "--check")
    operated.runs.update_many({}, {"$set": {"finished_at": dt.datetime.now(dt.UTC) - dt.timedelta(hours=27)}})
    assert "no run has finished in the last 26 hours" in command.run("status", "--check", status=1).stderr
