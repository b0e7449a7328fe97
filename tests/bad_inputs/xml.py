"""Cases 21 to 27: XML and feeds."""

from tests.bad_inputs.case import Case, file

_XML = ("--set", "record=article")


def _article(title: str, text: str = "Text.") -> str:
    return f"<article><title>{title}</title><date>2026-03-01T10:00:00Z</date><body>{text}</body></article>"


def _xml(*articles: str, head: str = '<?xml version="1.0"?>') -> bytes:
    return f"{head}<articles>{''.join(articles)}</articles>".encode()


def _item(title: str, text: str = "Text.") -> str:
    return (
        f"<item><title>{title}</title><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
    )


def _rss(*items: str, head: str = '<?xml version="1.0"?>') -> bytes:
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


def _both(number: int, name: str, head: str, text: str) -> list[Case]:
    """The same attack on both readers."""
    plain = _xml(_article("One"), _article("Evil", text), head=head)
    feed = _rss(_item("One"), _item("Evil", text), head=head)
    return [
        Case(number, f"{name} in XML", file("a.xml", plain), failed="declares the", options=_XML),
        Case(number, f"{name} in a feed", file("a.rss", feed), failed="declares the"),
    ]


CASES = [
    *_both(21, "billion laughs", _LAUGHS, "&l9;"),
    *_both(21, "quadratic blow-up", _QUADRATIC, "&b;" * 20_000),
    *_both(22, "small file that expands", _SMALL, "&s;" * 2500),
    *_both(23, "external entity", _EXTERNAL, "&x;"),
    Case(
        23,
        "external definition in XML",
        file("a.xml", _xml(_article("One"), head=_PARAMETER)),
        failed="declares the",
        options=_XML,
    ),
    # Real feeds refer to the definitions of HTML's entities. Nothing is fetched.
    Case(23, "external definition in a feed", file("a.rss", _rss(_item("One"), head=_PARAMETER)), ("One",)),
    Case(
        24,
        "undefined entity in XML",
        file("a.xml", _xml(_article("One"), _article("Two", "a &nbsp; b &bogus; c"), _article("Three"))),
        ("One", "Two", "Three"),
        options=_XML,
    ),
    Case(
        24,
        "control character in XML",
        file("a.xml", _xml(_article("One"), _article("Two", "a \x01\x08 b"), _article("Three"))),
        ("One", "Two", "Three"),
        options=_XML,
    ),
    Case(
        24,
        "undefined entity in a feed",
        file("a.rss", _rss(_item("One"), _item("Two", "a &nbsp; b &bogus; c"), _item("Three"))),
        ("One", "Two", "Three"),
    ),
    Case(
        24,
        "control character in a feed",
        file("a.rss", _rss(_item("One"), _item("Two", "a \x01\x08 b"), _item("Three"))),
        ("One", "Two", "Three"),
    ),
    Case(
        25,
        "gb18030 in XML",
        file(
            "a.xml",
            _xml(_article("港口新闻", "船已经到港。"), head='<?xml version="1.0" encoding="gb18030"?>')
            .decode()
            .encode("gb18030"),
        ),
        ("港口新闻",),
        options=_XML,
    ),
    Case(
        25,
        "gb18030 in a feed",
        file(
            "a.rss",
            _rss(_item("港口新闻", "船已经到港。"), head='<?xml version="1.0" encoding="gb18030"?>')
            .decode()
            .encode("gb18030"),
        ),
        ("港口新闻",),
    ),
    Case(
        25,
        "utf-16 in XML",
        file(
            "a.xml",
            _xml(_article("港口新闻", "船已经到港。"), head='<?xml version="1.0" encoding="utf-16"?>')
            .decode()
            .encode("utf-16"),
        ),
        ("港口新闻",),
        options=_XML,
    ),
    Case(
        25,
        "latin-1 in a feed",
        file(
            "a.rss",
            _rss(_item("Café déjà"), head='<?xml version="1.0" encoding="iso-8859-1"?>')
            .decode()
            .encode("latin-1"),
        ),
        ("Café déjà",),
    ),
    Case(
        26,
        "unknown encoding in XML",
        file("a.xml", _xml(_article("One"), head='<?xml version="1.0" encoding="x-klingon"?>')),
        failed="x-klingon",
        options=_XML,
    ),
    Case(
        26,
        "unknown encoding in a feed",
        file("a.rss", _rss(_item("One"), head='<?xml version="1.0" encoding="x-klingon"?>')),
        failed="x-klingon",
    ),
    Case(
        27,
        "XML cut in a record",
        file("a.xml", _xml(_article("One"), _article("Two"))[:-60]),
        ("One",),
        failed="is cut off within record 2",
        options=_XML,
    ),
    Case(
        27,
        "XML cut between records",
        file("a.xml", _xml(_article("One"), _article("Two"))[: -len("</articles>")]),
        ("One", "Two"),
        failed="it is cut off",
        options=_XML,
    ),
    Case(
        27,
        "feed cut in an entry",
        file("a.rss", _rss(_item("One"), _item("Two"))[:-70]),
        ("One", "<malformed> ends within"),
        failed="ends before its last tag",
    ),
]
