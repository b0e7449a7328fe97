"""A client with the options that durability asks for, and a first look at the server behind the URI.

A misspelt host or replica set looks to the driver like an outage. Here it is told apart, so that a run
fails in seconds with a name in its message, while a server that is still starting is waited for.
"""

import logging
import socket
import time
import warnings
from collections.abc import Mapping
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.errors import ConfigurationError, PyMongoError
from pymongo.uri_parser import parse_uri

from etl.errors import ConfigError, StoreError, StoreUnavailableError
from etl.load.refusals import code_name, explain, listed
from etl.load.retry import is_transient
from etl.settings import StoreSettings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 2.0
"""How long the first look at a server may take."""

Client = MongoClient[dict[str, Any]]


def client_for(
    uri: str, store: StoreSettings, *, app_name: str = "article-etl", patient: bool = False
) -> Client:
    """A client whose acknowledged writes survive; nothing is connected yet.

    Args:
        uri: What it says of write concern, read preference and retries is overruled.
        store: The waits.
        app_name: What the server's log calls us.
        patient: Wait for replies without limit.

    Raises:
        ConfigError: the URI is not a MongoDB URI.
    """
    try:
        with warnings.catch_warnings():
            # A misspelt option, such as one that should turn TLS on, must not go by with a warning.
            warnings.simplefilter("error", UserWarning)
            return MongoClient(
                uri if "://" in uri else "://",  # the driver takes any word for a host name
                appname=app_name,
                tz_aware=False,
                # `Retrier` repeats ours, within a budget, and any of them may be repeated. For the driver to
                # do it, once, the server would note each update in `config.transactions`: a fifth of its CPU
                # where much is replaced.
                retryWrites=False,
                retryReads=True,
                w="majority",
                journal=True,
                readPreference="primary",  # on a stale look no decision would ever hold
                wTimeoutMS=_ms(store.write_seconds),
                serverSelectionTimeoutMS=_ms(store.server_selection_seconds),
                connectTimeoutMS=_ms(min(CONNECT_SECONDS, store.server_selection_seconds)),
                socketTimeoutMS=None if patient else _ms(store.socket_seconds),
            )
    except (ConfigurationError, ValueError, TypeError, UserWarning):
        pass
    # The driver's own text quotes the URI, its password included: it is not repeated.
    raise ConfigError(
        "the MongoDB URI cannot be used: it reads mongodb://[user:password@]host[:port]/[?options] or "
        "mongodb+srv://…, with special characters in user and password percent-encoded; "
        "check its options' names and values, and its host name if it is mongodb+srv"
    )


def check(client: Client, uri: str, database: str, patience: float) -> None:
    """Return once the server answers, takes our credentials and lets us read.

    Raises:
        StoreUnavailableError: no server was usable for `patience` seconds.
        StoreError: waiting will not help.
    """
    deadline = time.monotonic() + patience
    look = min(_LOOK_SECONDS, patience)
    while True:
        fault: PyMongoError | None = None
        try:
            with pymongo.timeout(look):
                hello = client.admin.command("hello")
                client[database]["articles"].find_one({}, {"_id": 1})
        except PyMongoError as error:
            fault = error
        if fault is None:
            _judge(hello, client)
            return
        hosts = _seeds(uri)
        if not is_transient(fault):
            raise explain(fault, "connecting", hosts)
        _diagnose(uri, look)
        if time.monotonic() > deadline:
            raise StoreUnavailableError(
                f"no usable MongoDB at {listed(hosts)} within {patience:.0f} s ({code_name(fault)}): "
                "is it running and reachable from here, and is TLS on at both ends or at neither?"
            )
        time.sleep(min(0.2, patience / 10))
        look = min(2 * look, patience)  # a far server may just need longer


def _judge(hello: Mapping[str, Any], client: Client) -> None:
    hosts = [f"{host}:{port}" for host, port in client.topology_description.server_descriptions()]
    if not hello.get("isWritablePrimary"):
        raise StoreError(
            f"MongoDB at {listed(hosts)} takes no writes: it is not the primary of its replica set; "
            "name all members in the URI, with replicaSet= and without directConnection="
        )
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        log.warning(
            "MongoDB at %s is a standalone: no write is retried by the driver, and one that was acknowledged "
            "can be lost with its disk; run even one node as a replica set",
            listed(hosts),
        )


def _diagnose(uri: str, look: float) -> None:
    """Raise where the URI itself explains why no server is found."""
    expected = parse_uri(uri, validate=False)["options"].get("replicaSet")
    for host, port in _addresses(uri):
        if not _resolves(host, port):
            raise StoreError(f"the host name {host} in the MongoDB URI does not resolve")
        hello = _hello(host, port, look)
        if hello is None or expected is None:
            continue
        actual = hello.get("setName")
        if actual != expected:
            what = f"in the replica set {actual!r}" if actual else "in no replica set"
            raise StoreError(f"MongoDB at {host}:{port} is {what}; the URI says replicaSet={expected}")
        for member in hello.get("hosts", ()):
            name, _, _ = member.rpartition(":")
            if not _resolves(name, None):
                raise StoreError(
                    f"MongoDB at {host}:{port} answers, but the name of its replica set's member {member} "
                    "does not resolve here; make it resolve, or say directConnection=true in the URI"
                )


def _resolves(host: str, port: int | None) -> bool:
    if host.startswith("/"):
        return True  # a socket's path
    try:
        socket.getaddrinfo(host.strip("[]"), port)
    except socket.gaierror as error:
        return error.errno == socket.EAI_AGAIN  # the name server is out of reach, which may pass
    return True


def _hello(host: str, port: int | None, look: float) -> Mapping[str, Any] | None:
    """What that one server says of itself; None where it does not answer."""
    milliseconds = _ms(look)
    probe: Client = MongoClient(
        host,
        port,
        directConnection=True,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=milliseconds,
    )
    try:
        return probe.admin.command("hello")
    except PyMongoError:
        return None
    finally:
        probe.close()


def _addresses(uri: str) -> list[tuple[str, int | None]]:
    return list(parse_uri(uri, validate=False)["nodelist"])


def _seeds(uri: str) -> list[str]:
    return [f"{host}:{port}" if port else host for host, port in _addresses(uri)]


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
