"""Cases 35 to 48: JSON in lines, in an array and, where it is one, as the whole file."""

from collections.abc import Callable
from pathlib import Path

from tests.bad_inputs.case import Case, file, line, lines

_PLAIN = '"title": "Bad", "published_at": "2026-03-01T10:00:00Z", "body": "Text."'


def _deep(depth: int) -> str:
    """A record whose `extra` reaches `depth` levels down, the record itself being the first."""
    inner = depth - 1
    return f'{{{_PLAIN}, "deep": {"[" * inner}{"]" * inner}}}'


def _deep_objects(depth: int) -> str:
    inner = depth - 1
    deep = '{"a":' * inner + "1" + "}" * inner
    return f'{{{_PLAIN}, "deep": {deep}}}'


def _with(fields: str) -> str:
    return f"{{{_PLAIN}, {fields}}}"


def _three(number: int, name: str, text: str, *found: str) -> list[Case]:
    """A text between two sound records, in JSON Lines and in an array."""
    raw = text.encode("utf-8", "surrogateescape")
    before, after = line("Before").rstrip(), line("After").rstrip()
    gives = ("Before", *found, "After")
    return [
        Case(number, f"{name} in a line", file("a.jsonl", b"\n".join([before, raw, after]) + b"\n"), gives),
        Case(
            number,
            f"{name} in an array",
            file("a.json", b"[" + b",\n".join([before, raw, after]) + b"]"),
            gives,
        ),
    ]


def _endless(name: str, begin: bytes, end: bytes, fill: bytes = b"x") -> Callable[[Path], object]:
    """A file with a string of 300 MB in it."""

    def write(folder: Path) -> None:
        with (folder / name).open("wb") as out:
            out.write(begin)
            for _ in range(300):
                out.write(fill * (1_000_000 // len(fill)))
            out.write(end)

    return write


_LONG = b'{"title": "Long", "published_at": "2026-03-01T10:00:00Z", "body": "'
_UNITS = "a\u2028b\u0085c\u2029d"
_BAD_DATE = '{"title": "Bad", "published_at": {"$gt": ""}, "body": "Text."}'

CASES = [
    *_three(35, "depth 100,000", _deep(100_000), "<too_deep> limits.depth"),
    Case(35, "nothing but brackets", file("a.json", b"[" * 100_000), 0, at_least=True, failed="truncated"),
    Case(
        35,
        "line of brackets",
        file("a.jsonl", lines("Before") + b"[" * 100_000 + b"\n" + lines("After")),
        ("Before", "<too_deep>", "After"),
    ),
    *_three(36, "depth 101", _deep(101), "<too_deep> limits.depth"),
    *_three(36, "depth 100", _deep(100), "Bad"),
    *_three(36, "depth 300 of objects", _deep_objects(300), "<too_deep> limits.depth"),
    *_three(37, "integer of 5,000 digits", _with(f'"n": {"7" * 5000}'), "<bad_value> out of range"),
    *_three(
        37,
        "nested integer of 5,000 digits",
        _with(f'"n": [{{"m": -{"7" * 5000}}}]'),
        "<bad_value> out of range",
    ),
    *_three(38, "two to the 63", _with(f'"n": {2**63}'), "<bad_value> 64 bits"),
    *_three(38, "two to the 64", _with(f'"n": {2**64}'), "<bad_value> 64 bits"),
    *_three(38, "least that fits", _with(f'"n": {-(2**63)}'), "Bad"),
    *_three(39, "NaN", _with('"n": NaN'), "<bad_value> NaN"),
    *_three(39, "Infinity", _with('"n": -Infinity'), "<bad_value> Infinity"),
    *_three(39, "1e400", _with('"n": 1e400'), "<bad_value> out of range"),
    *_three(40, "lone surrogate", _with(r'"s": "\ud800"'), "<bad_value> half a character"),
    *_three(40, "lone low surrogate in a key", _with(r'"\udc00": 1'), "<bad_value> half a character"),
    *_three(41, "NUL in a key", _with(r'"a\u0000b": 1'), "<bad_value> NUL"),
    *_three(41, "NUL in a nested key", _with(r'"x": {"a\u0000b": 1}'), "<bad_value> NUL"),
    *_three(42, "duplicate keys", '{"title": "First", ' + _PLAIN.replace("Bad", "Last") + "}", "Last"),
    Case(
        43,
        "two objects on a line",
        file("a.jsonl", lines("Before") + line("One").rstrip() + lines("Two") + lines("After")),
        ("Before", '<malformed> format = "json"', "After"),
    ),
    Case(
        43,
        "two objects on a line read as JSON",
        file("a.jsonl", lines("Before") + line("One").rstrip() + lines("Two") + lines("After")),
        ("Before", "One", "Two", "After"),
        options=("--format", "json"),
    ),
    *(
        case
        for name, scalar, kind in (
            ("string", '"text"', "a string"),
            ("number", "12.5", "a number"),
            ("null", "null", "null"),
            ("list", '["a"]', "a list"),
        )
        for case in _three(44, f"top-level {name}", scalar, f"<not_a_record> {kind}")[
            : 1 if name == "list" else 2
        ]
    ),
    *_three(45, "invalid UTF-8", _with('"s": "\udcff\udcfe\udc80"'), "<undecodable>"),
    *_three(45, "cut UTF-8", _with('"s": "caf\udcc3"'), "<undecodable>"),
    *_three(
        46,
        "operator for a title",
        '{"title": {"$ne": null}, "published_at": "2026-03-01T10:00:00Z", "body": "T."}',
        "<wrong_type> title",
    ),
    *_three(46, "operator for a date", _BAD_DATE, "<wrong_type> the date"),
    *_three(
        46,
        "operator elsewhere",
        _with('"author": {"$where": "sleep(9999)"}, "$set": {"a": 1}, "x.y": 2'),
        "Bad",
    ),
    *_three(47, "line separators", _with(f'"s": "{_UNITS}"'), "Bad"),
    Case(
        48,
        "line of 300 MB",
        _endless("a.jsonl", lines("Before") + _LONG, b'"}\n' + lines("After")),
        ("Before", "<too_large> limits.record_bytes", "After"),
    ),
    Case(
        48,
        "line of 300 MB without an end",
        _endless("a.jsonl", lines("Before") + _LONG, b""),
        ("Before", "<too_large> limits.record_bytes"),
    ),
    Case(
        48,
        "300 MB in an array",
        _endless("a.json", b"[" + line("Before") + b"," + _LONG, b'"},' + line("After") + b"]"),
        ("Before", "<too_large> limits.record_bytes", "After"),
    ),
    Case(
        48,
        "300 MB of backslashes in an array",
        _endless("a.json", b"[" + line("Before") + b"," + _LONG, b'"},' + line("After") + b"]", rb"\\"),
        ("Before", "<too_large> limits.record_bytes", "After"),
    ),
    Case(
        48,
        "page of 300 MB",
        _endless("a.txt", b"A title\n2026-03-01\n\n", b""),
        ("<too_large> limits.record_bytes",),
    ),
    Case(
        48,
        "row of 300 MB",
        _endless(
            "a.csv", b"title,published_at,body\nOne,2026-03-01,x\nTwo,2026-03-01,", b"\nThree,2026-03-01,x\n"
        ),
        ("One", "<too_large> limits.record_bytes", "Three"),
    ),
]
