"""Cases 21 to 27: XML and feeds."""

from typing import Any

from tests.bad_inputs.case import Case, file

_XML = ("--set", "record=article")
_PROLOG = '<?xml version="1.0"?>'


def _article(title: str, text: str = "Text.") -> str:
    return f"<article><title>{title}</title><date>2026-03-01T10:00:00Z</date><body>{text}</body></article>"


def _xml(*articles: str, head: str = _PROLOG) -> bytes:
    return f"{head}<articles>{''.join(articles)}</articles>".encode()


def _item(title: str, text: str = "Text.") -> str:
    return (
        f"<item><title>{title}</title><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
    )


def _rss(*items: str, head: str = _PROLOG) -> bytes:
    return f'{head}<rss version="2.0"><channel><title>C</title>{"".join(items)}</channel></rss>'.encode()


_LAUGHS = (
    "<!DOCTYPE a [<!ENTITY l0 'ha'>"
    + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
_QUADRATIC = f"<!DOCTYPE a [<!ENTITY b '{'b' * 9000}'>]>"
_SMALL = f"<!DOCTYPE a [<!ENTITY s '{'s' * 3000}'>]>"
_EXTERNAL = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
_PARAMETER = "<!DOCTYPE a [<!ENTITY % d SYSTEM 'http://127.0.0.1:9/x.dtd'> %d;]>"
_HIDDEN = "<!DOCTYPE a [<!ENTITY % d \"&#60;!ENTITY x SYSTEM 'file:///etc/hostname'&#62;\"> %d;]>"


def _in_xml(number: int, name: str, data: bytes, gives: tuple[str, ...] = (), **expected: Any) -> Case:
    return Case(number, f"{name} in XML", file("a.xml", data), gives, options=_XML, **expected)


def _in_a_feed(number: int, name: str, data: bytes, gives: tuple[str, ...] = (), **expected: Any) -> Case:
    return Case(number, f"{name} in a feed", file("a.rss", data), gives, **expected)


def _both(
    number: int,
    name: str,
    *records: tuple[str, ...],
    head: str = _PROLOG,
    encoding: str = "utf-8",
    gives: tuple[str, ...] = (),
    **expected: Any,
) -> list[Case]:
    """The same records, each a title and maybe a text, for both readers."""
    plain = _xml(*(_article(*record) for record in records), head=head)
    feed = _rss(*(_item(*record) for record in records), head=head)
    return [
        make(number, name, data.decode().encode(encoding), gives, **expected)
        for make, data in ((_in_xml, plain), (_in_a_feed, feed))
    ]


def _attack(number: int, name: str, head: str, text: str) -> list[Case]:
    return _both(number, name, ("One",), ("Evil", text), head=head, failed="declares the")


def _mended(number: int, name: str, text: str) -> list[Case]:
    titles = ("One", "Two", "Three")
    return _both(number, name, ("One",), ("Two", text), ("Three",), gives=titles)


def _encoded(name: str, encoding: str, title: str) -> list[Case]:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return _both(25, name, (title, title), head=head, encoding=encoding, gives=(title,))


_ONE_AND_TWO = (_article("One"), _article("Two"))

CASES = [
    *_attack(21, "billion laughs", _LAUGHS, "&l9;"),
    *_attack(21, "quadratic blow-up", _QUADRATIC, "&b;" * 20_000),
    *_attack(22, "small file that expands", _SMALL, "&s;" * 2500),
    *_attack(23, "external entity", _EXTERNAL, "&x;"),
    *_attack(23, "entity hidden in a parameter", _HIDDEN, "&x;"),
    _in_xml(23, "external definition", _xml(_article("One"), head=_PARAMETER), failed="declares the"),
    # Real feeds refer to the definitions of HTML's entities. Nothing is fetched.
    _in_a_feed(23, "external definition", _rss(_item("One"), head=_PARAMETER), ("One",)),
    *_mended(24, "undefined entity", "a &nbsp; b &bogus; c"),
    *_mended(24, "control character", "a \x01\x08 b"),
    *_encoded("gb18030", "gb18030", "港口新闻"),
    *_encoded("utf-16", "utf-16", "港口新闻"),
    *_encoded("latin-1", "iso-8859-1", "Café déjà"),
    *_both(
        26,
        "unknown encoding",
        ("One",),
        head='<?xml version="1.0" encoding="x-klingon"?>',
        failed="x-klingon",
    ),
    _in_xml(27, "cut in a record", _xml(*_ONE_AND_TWO)[:-60], ("One",), failed="is cut off within record 2"),
    _in_xml(
        27,
        "cut between records",
        _xml(*_ONE_AND_TWO)[: -len("</articles>")],
        ("One", "Two"),
        failed="it is cut off",
    ),
    _in_a_feed(
        27,
        "cut in an entry",
        _rss(_item("One"), _item("Two"))[:-70],
        ("One", "<malformed> ends within"),
        failed="ends before its last tag",
    ),
]
