"""Cases 28 to 34: CSV and TSV."""

from collections.abc import Callable

from tests.bad_inputs.case import Case, file, made

_DAY = "2026-03-01T10:00:00Z"
_HEAD = "title,published_at,body\n"


def _table(*rows: str, head: str = _HEAD) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def _row(title: str, body: str = "Text.") -> str:
    return f"{title},{_DAY},{body}"


def _between(number: int, name: str, middle: Callable[[], str], *gives: str) -> Case:
    """Rows between two sound ones."""
    return Case(
        number,
        name,
        made("a.csv", lambda: _table(_row("One"), middle(), _row("Three"))),
        ("One", *gives, "Three"),
    )


def _unclosed(name: str, *rows: str, file_name: str = "a.csv") -> Case:
    """A quote at the third line that swallows the rows behind it."""
    data = _table(_row("One"), f'Two,{_DAY},"not closed', *rows)
    data = data.replace(b",", b"\t") if file_name.endswith(".tsv") else data
    return Case(29, name, file(file_name, data), ("One",), failed="begins at line 3 is not closed")


_MANY = [_row(f"Row {n}") for n in range(1000)]
_OVER = "<too_large> limits.record_bytes"
_SEMICOLONS = _table(_row("One")).replace(b",", b";")

CASES = [
    _between(28, "long field", lambda: _row("Two", "word " * 40_000), "Two"),
    _between(28, "field over the cap", lambda: _row("Two", "word " * 1_800_000), _OVER),
    _between(28, "quoted field over the cap", lambda: _row("Two", f'"{"word " * 1_800_000}"'), _OVER),
    _unclosed("unclosed quote", *_MANY),
    _unclosed("unclosed quote in a TSV", *_MANY, file_name="a.tsv"),
    _unclosed("quote closed by a later row", *_MANY[:50], f'Three,{_DAY},"closed"'),
    _between(
        30,
        "extra cells",
        lambda: f"Two, too,{_DAY},Text,more",
        "<wrong_width> has 5 cells; the header has 3",
    ),
    _between(
        31,
        "short row",
        lambda: f"Two,{_DAY}\nAlone",
        "<wrong_width> has 2 cells",
        "<wrong_width> has 1 cells",
    ),
    _between(31, "row without its title", lambda: _row(""), "<no_title>"),
    _between(31, "row without its date", lambda: "Two,,Text", "<undated>"),
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
    Case(34, "semicolons", file("a.csv", _SEMICOLONS), failed="state `delimiter = ';'`"),
    Case(34, "semicolons stated", file("a.csv", _SEMICOLONS), ("One",), options=("--set", "delimiter=;")),
    Case(34, "commas in a TSV", file("a.tsv", _table(_row("One"))), failed="state `delimiter = ','`"),
]
