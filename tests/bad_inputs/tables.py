"""Cases 28 to 34: CSV and TSV."""

from tests.bad_inputs.case import Case, file, made

_DAY = "2026-03-01T10:00:00Z"
_HEAD = "title,published_at,body\n"


def _table(*rows: str, head: str = _HEAD) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def _row(title: str, body: str = "Text.") -> str:
    return f"{title},{_DAY},{body}"


_SWALLOWING = _table(_row("One"), f'Two,{_DAY},"not closed', *(_row(f"Row {n}") for n in range(1000)))
_SWALLOWING_TSV = _SWALLOWING.replace(b",", b"\t")
_BETWEEN = _table(
    _row("One"), f'Two,{_DAY},"not closed', *(_row(f"Row {n}") for n in range(50)), f'Three,{_DAY},"closed"'
)

CASES = [
    Case(
        28,
        "long field",
        made("a.csv", lambda: _table(_row("One"), _row("Two", "word " * 40_000), _row("Three"))),
        ("One", "Two", "Three"),
    ),
    Case(
        28,
        "field over the cap",
        made("a.csv", lambda: _table(_row("One"), _row("Two", "word " * 1_800_000), _row("Three"))),
        ("One", "<too_large> limits.record_bytes", "Three"),
    ),
    Case(
        28,
        "quoted field over the cap",
        made("a.csv", lambda: _table(_row("One"), _row("Two", f'"{"word " * 1_800_000}"'), _row("Three"))),
        ("One", "<too_large> limits.record_bytes", "Three"),
    ),
    Case(29, "unclosed quote", file("a.csv", _SWALLOWING), ("One",), failed="begins at line 3 is not closed"),
    Case(
        29,
        "unclosed quote in a TSV",
        file("a.tsv", _SWALLOWING_TSV),
        ("One",),
        failed="begins at line 3 is not closed",
    ),
    Case(
        29,
        "quote closed by a later row",
        file("a.csv", _BETWEEN),
        ("One",),
        failed="begins at line 3 is not closed",
    ),
    Case(
        30,
        "extra cells",
        file("a.csv", _table(_row("One"), f"Two, too,{_DAY},Text,more", _row("Three"))),
        ("One", "<wrong_width> has 5 cells; the header has 3", "Three"),
    ),
    Case(
        31,
        "short row",
        file("a.csv", _table(_row("One"), f"Two,{_DAY}", "Alone", _row("Three"))),
        ("One", "<wrong_width> has 2 cells", "<wrong_width> has 1 cells", "Three"),
    ),
    Case(
        31,
        "row without its title",
        file("a.csv", _table(_row("One"), _row(""), _row("Three"))),
        ("One", "<no_title>", "Three"),
    ),
    Case(
        31,
        "row without its date",
        file("a.csv", _table(_row("One"), "Two,,Text", _row("Three"))),
        ("One", "<undated>", "Three"),
    ),
    Case(32, "byte order mark", file("a.csv", b"\xef\xbb\xbf" + _table(_row("One"))), ("One",)),
    Case(
        32,
        "byte order mark of UTF-16",
        file("a.csv", _table(_row("Één")).decode().encode("utf-16")),
        ("Één",),
    ),
    Case(
        33,
        "duplicate headers",
        file("a.csv", _table(_row("One"), head="title,published_at,title\n")),
        failed="has the column 'title' twice",
    ),
    Case(
        34,
        "semicolons",
        file("a.csv", _table(_row("One")).replace(b",", b";")),
        failed="state `delimiter = ';'`",
    ),
    Case(
        34,
        "semicolons stated",
        file("a.csv", _table(_row("One")).replace(b",", b";")),
        ("One",),
        options=("--set", "delimiter=;"),
    ),
    Case(34, "commas in a TSV", file("a.tsv", _table(_row("One"))), failed="state `delimiter = ','`"),
]
