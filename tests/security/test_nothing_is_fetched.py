"""What a dump refers to is never fetched: no address, no file, whatever the format and the way of asking."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.model import RawRecord
from tests.extract.helpers import outcome_of

PLANTED = "planted-words-of-another-file"
TEXT = "<title>One</title><date>2026-03-01</date><body>Text %s.</body>"


class Listener:
    """A server on loopback that notes who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.visits = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                visitor, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.visits += 1
            visitor.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as listening:
        yield listening


@pytest.fixture
def planted(tmp_path: Path) -> str:
    """The address of a file that no dump may show."""
    (tmp_path / "planted.txt").write_text(PLANTED)
    return (tmp_path / "planted.txt").as_uri()


PROLOGS = {
    "definition": "<!DOCTYPE {root} SYSTEM '{target}'>",
    "public definition": "<!DOCTYPE {root} PUBLIC '-//X//DTD X//EN' '{target}'>",
    "external entity": "<!DOCTYPE {root} [<!ENTITY x SYSTEM '{target}'>]>",
    "public entity": "<!DOCTYPE {root} [<!ENTITY x PUBLIC 'x' '{target}'>]>",
    "parameter": "<!DOCTYPE {root} [<!ENTITY % d SYSTEM '{target}'> %d;]>",
    "parameter that declares": (
        "<!DOCTYPE {root} [<!ENTITY % d \"&#60;!ENTITY x SYSTEM '{target}'&#62;\"> %d;]>"
    ),
    "notation": "<!DOCTYPE {root} [<!NOTATION n SYSTEM '{target}'><!ENTITY x SYSTEM '{target}' NDATA n>]>",
    "stylesheet": "<?xml-stylesheet type='text/xsl' href='{target}'?>",
    "late definition": "<!-- x --><!DOCTYPE {root} SYSTEM '{target}'>",
}
INSIDE = {
    "inclusion": "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{target}' parse='text'/>",
    "schema": (
        "<s xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:noNamespaceSchemaLocation='{target}'/>"
    ),
    "pictures and frames": "<img src='{target}'/><iframe src='{target}'/><object data='{target}'/>",
    "link and script": "<link rel='stylesheet' href='{target}'/><script src='{target}'/>",
    "base and refresh": "<base href='{target}'/><meta http-equiv='refresh' content='0;url={target}'/>",
    "content elsewhere": "<content src='{target}' type='text/html'/><enclosure url='{target}'/>",
    "import": "<style>@import url('{target}');</style>",
}
DUMPS = {
    "feed": (
        "a.rss",
        "<?xml version='1.0'?>{prolog}<rss version='2.0'><channel><title>C</title><item><title>One</title>"
        "<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><description>Text {x}.</description>{inside}"
        "</item></channel></rss>",
    ),
    "atom": (
        "a.atom",
        "<?xml version='1.0'?>{prolog}<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>One</title>"
        "<published>2026-03-01T10:00:00Z</published><summary>Text {x}.</summary>{inside}</entry></feed>",
    ),
    "xml": (
        "a.xml",
        f"<?xml version='1.0'?>{{prolog}}<all><article>{TEXT % '{x}'}{{inside}}</article></all>",
    ),
    "sgml": ("a.sgm", f"{{prolog}}<article>{TEXT % '{x}'}{{inside}}</article>"),
    "html": (
        "a.html",
        "{prolog}<html><head><title>One of them</title>{inside}</head><body><p>Text {x}, and more.</p>"
        "{inside}</body></html>",
    ),
}


@pytest.mark.parametrize("kind", DUMPS)
@pytest.mark.parametrize("way", [*PROLOGS, *INSIDE])
def test_what_a_dump_refers_to_is_not_fetched(
    tmp_path: Path, listener: Listener, planted: str, kind: str, way: str
) -> None:
    name, shape = DUMPS[kind]
    for target in (f"{listener.address}/x", planted):
        prolog = PROLOGS.get(way, "").format(root="rss" if kind == "feed" else "all", target=target)
        reference = "&x;" if "ENTITY" in prolog else "here"
        inside = INSIDE.get(way, "").format(target=target)
        (tmp_path / name).write_text(shape.format(prolog=prolog, x=reference, inside=inside))
        records, _, error = outcome_of(tmp_path / name, record="article" if kind in ("xml", "sgml") else None)
        assert records or error, "the dump is read, or refused with a reason"
        assert PLANTED not in f"{records} {error}"
        if way not in PROLOGS:
            assert [type(record) for record in records] == [RawRecord]
            assert error is None
    assert listener.visits == 0


@pytest.mark.parametrize("way", ["external entity", "public entity", "parameter that declares"])
@pytest.mark.parametrize("kind", ["feed", "atom", "xml"])
def test_an_entity_of_another_place_is_refused_by_name(
    tmp_path: Path, planted: str, kind: str, way: str
) -> None:
    name, shape = DUMPS[kind]
    prolog = PROLOGS[way].format(root="rss", target=planted)
    (tmp_path / name).write_text(shape.format(prolog=prolog, x="&x;", inside=""))
    records, _, error = outcome_of(tmp_path / name, record="article" if kind == "xml" else None)
    assert records == []
    assert "declares the" in error


@pytest.mark.parametrize("way", ["definition", "public definition", "parameter", "stylesheet"])
def test_a_feed_that_refers_to_definitions_loads_without_them(
    tmp_path: Path, listener: Listener, way: str
) -> None:
    name, shape = DUMPS["feed"]
    prolog = PROLOGS[way].format(root="rss", target=f"{listener.address}/html.ent")
    (tmp_path / name).write_text(shape.format(prolog=prolog, x="caf&eacute;", inside=""))
    (record,), _, error = outcome_of(tmp_path / name)
    assert (record.fields["title"], record.fields["body"], error) == ("One", "Text café.", None)
    assert listener.visits == 0


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    host, port = listener.address.removeprefix("http://").split(":")
    socket.create_connection((host, int(port))).close()
    listener._ended.wait(0.3)
    assert listener.visits == 1
