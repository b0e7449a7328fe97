"""Alarms by e-mail: through a mail server of the test's own, on loopback."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

pytestmark = pytest.mark.prefect


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails in the open, without STARTTLS, and keeps them with their recipients."""

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Any]] = []
        self.taken = b"250 ok"
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        recipients: list[str] = []
        self._say(b"220 ready")
        for line in self.rfile:
            word = line.split()[0].upper()
            if word == b"RCPT":
                recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                self._say(self.server.taken)
            elif word == b"DATA":
                self._say(b"354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                mail = message_from_bytes(b"".join(lines), policy=default)
                self.server.mails.append((recipients, mail))
                self._say(b"250 taken")
            elif word == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def _say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def block(prefect_api: str, server: MailServer, database: str) -> str:
    """A mail block that leads to the server, as `alarms.block` names it."""
    return saved(server.port, database, security="none")


def saved(port: int, database: str, **fields: Any) -> str:
    from flows.mail import Mail

    addresses = {"sender": "etl@news.example", "recipients": ["ann@news.example", "bob@news.example"]}
    name = database.replace("_", "-")
    Mail(host="127.0.0.1", port=port, **addresses, **fields).save(name, _sync=True)
    return f"mail/{name}"


def test_an_alarm_goes_to_every_recipient(block: str, server: MailServer) -> None:
    from flows.alarms import tell

    tell(block, "failed run", "the load of 2026-03-01 failed: naïve bytes")
    ((recipients, mail),) = server.mails
    assert recipients == ["ann@news.example", "bob@news.example"]
    assert mail["Subject"] == "article-etl: failed run"
    assert mail["From"] == "etl@news.example"
    assert mail.get_content().strip() == "the load of 2026-03-01 failed: naïve bytes"


def test_a_server_that_takes_it_for_nobody_is_an_alarm_that_was_not_told(
    block: str, server: MailServer
) -> None:
    from flows.alarms import AlarmError, tell

    server.taken = b"550 who is that"
    with pytest.raises(AlarmError, match=r"could not be sent \(SMTPRecipientsRefused\)") as caught:
        tell(block, "test", "x")
    assert "ann@" not in str(caught.value)


def test_nothing_is_sent_in_the_open_where_encryption_is_asked_for(
    prefect_api: str, server: MailServer, database: str
) -> None:
    from flows.alarms import AlarmError, tell

    block = saved(server.port, database, user="etl", password="s3cret")
    with pytest.raises(AlarmError, match="SMTPNotSupportedError") as caught:
        tell(block, "test", "x")
    assert "s3cret" not in str(caught.value)
    assert server.mails == []


def test_a_password_without_encryption_is_refused(prefect_api: str) -> None:
    from flows.mail import Mail

    with pytest.raises(ValueError, match="only sent encrypted"):
        Mail(
            host="mail.example",
            security="none",
            sender="a@b.example",
            recipients=["c@d.example"],
            password="x",
        )


def test_the_form_of_the_block_is_there_before_anybody_has_made_one(prefect_api: str) -> None:
    from prefect.client.orchestration import get_client

    from flows.alarms import offer_blocks

    offer_blocks()
    with get_client(sync_client=True) as client:
        kind = client._client.get("/block_types/slug/mail").json()
    assert kind["name"] == "Mail"
