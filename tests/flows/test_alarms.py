"""Alarms reach a receiver: each state once, whoever looks and however often."""

import datetime as dt
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from etl.configuration import Configuration, read_configuration
from etl.load.store import Store
from flows.cli import run as run_command
from tests.flows.stack import day, run, write_day
from tests.waiting import until

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]


class Receiver:
    """Takes webhooks on loopback, and remembers them; answers with `status`."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            # The connection is left to whoever opened it: one that is closed here may be reset before the
            # answer is read, and a message whose answer is lost is sent again.
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.messages.append(json.loads(body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
def block(receiver: Receiver, prefect_api: str) -> str:
    """The name of a webhook block that leads to the receiver."""
    from prefect.blocks.webhook import Webhook

    name = f"hook-{uuid.uuid4().hex[:12]}"
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
def article_etl(
    operated: Database[Any],
    monkeypatch: pytest.MonkeyPatch,
    prefect_api: str,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """The command, run in this process: its exit status, and what it printed on stdout and stderr."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["article-etl", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            run_command()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return call


def test_the_watch_tells_with_nobody_running_a_flow(
    configuration: Configuration,
    article_etl: Callable[..., tuple[int, str, str]],
    operated: Database[Any],
    receiver: Receiver,
) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=27)
    row = {"kind": "nightly", "state": "completed", "run_date": "2026-03-01", "started_at": long_ago}
    operated.runs.insert_one({"_id": "r", **row, "finished_at": long_ago})
    assert "told: no finished run" in article_etl("watch", "--once")[1]
    assert "told" not in article_etl("watch", "--once")[1]
    assert receiver.kinds() == ["article-etl: no finished run"]
    assert "sent through webhook/" in article_etl("watch", "--test")[1]
    assert receiver.kinds() == ["article-etl: no finished run", "article-etl: test"]


def test_status_check_exits_with_1_and_says_why_or_says_nothing(
    article_etl: Callable[..., tuple[int, str, str]], operated: Database[Any], tmp_path: Path
) -> None:
    status, _, said = article_etl("status", "--check")
    assert status == 1
    assert "no finished run: no run has ever finished" in said
    good = str(tmp_path / "dumps" / f"{day(0)}.jsonl")
    assert article_etl("load", good)[0] == 0
    assert article_etl("status", "--check") == (0, "", "")
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 torn")
    assert article_etl("load", str(torn))[0] == 1
    status, _, said = article_etl("status", "--check")
    assert status == 1
    assert "failed run: load of" in said
    assert article_etl("load", good)[0] == 0
    assert article_etl("status", "--check") == (0, "", "")
    operated.runs.update_many({}, {"$set": {"finished_at": dt.datetime.now(dt.UTC) - dt.timedelta(hours=27)}})
    status, _, said = article_etl("status", "--check")
    assert status == 1
    assert "no run has finished in the last 26 hours" in said


def test_status_writes_the_page_and_shows_the_report_of_a_run_again(
    article_etl: Callable[..., tuple[int, str, str]], operated: Database[Any], tmp_path: Path
) -> None:
    article_etl("load", str(tmp_path / "archive.csv"))
    (row,) = operated.runs.find()
    status, shown, _ = article_etl("status", row["_id"])
    assert status == 0
    assert f"load of {row['run_date']}, completed with warnings" in shown
    assert "ambiguous_date" in shown
    assert article_etl("status", "nothing")[0] == 2
    page = tmp_path / "page.html"
    assert article_etl("status", "--html", str(page))[0] == 0
    text = page.read_text(encoding="utf-8")
    assert row["_id"] in text
    assert "adhoc" in text


def test_the_watch_goes_on_looking_takes_the_settings_of_now_and_leaves_a_sign_of_it(
    configuration: Configuration, operated: Database[Any], receiver: Receiver, tmp_path: Path, block: str
) -> None:
    from flows.environment import Environment
    from flows.watch_loop import watching
    from flows.workshop import workshop

    settings = tmp_path / "config/settings.toml"
    text = settings.read_text().replace("every_minutes = 10.0", "every_minutes = 0.005")
    settings.write_text(text.replace(block, ""))
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=27)
    row = {"kind": "nightly", "state": "completed", "run_date": "2026-03-01", "started_at": long_ago}
    with workshop(Environment.read()) as shop, watching(shop):
        operated.runs.insert_one({"_id": "r", **row, "finished_at": long_ago})
        until((tmp_path / "home/watched").exists)
        settings.write_text(text)  # names the block while the watch runs
        until(lambda: receiver.messages)
        time.sleep(1)  # looks that have nothing new to tell
    assert receiver.kinds() == ["article-etl: no finished run"]
