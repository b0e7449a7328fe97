"""One JSON text to one record: parsed, and checked for what no document can hold.

The check is asked of every record, so it looks at types first and into values only where a type calls
for it.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

from etl.errors import Refusal
from etl.extract.decoding import decode_line
from etl.model import Reason

_LARGEST = 2**63 - 1
_PLAIN = frozenset((str, bool, type(None)))
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_CONTROL = re.compile(rb"[\x00-\x1f]")
_STRING_OR_INTEGER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(-?[0-9]{19,}+)(?![0-9.eE])', re.DOTALL)
_NOT_FINITE = re.compile(r"[-+]?(NaN|nan|Infinity|inf)")
_MOST_SHAPES = 1000


class RecordParser:
    """Parses the JSON texts of one member. Remembers the sets of keys that it found sound."""

    def __init__(self, depth: int, encodings: tuple[str, ...] = ()) -> None:
        """`encodings` are what a text that is not UTF-8 may be read as (`decoding.line_encodings`)."""
        self._depth = depth
        self._encodings = encodings
        self._sound: set[tuple[str, ...]] = set()

    def parse(self, raw: bytes) -> dict[str, Any]:
        """The checked fields of a record. Of repeated keys the last counts. Raises `Refusal`."""
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            return self.recover(raw, error)
        return self.checked(value, raw)

    def checked(self, value: Any, raw: bytes) -> dict[str, Any]:
        """`value` itself if it is a sound record. Raises `Refusal`."""
        if value.__class__ is not dict:
            kind = "null" if value is None else _JSON_NAMES.get(type(value), "a number")
            raise Refusal(Reason.NOT_A_RECORD, f"is {kind}, not an object: {_short(raw)}")
        keys = tuple(value)
        if keys not in self._sound:
            _check_keys(keys)
            if len(self._sound) < _MOST_SHAPES:
                self._sound.add(keys)
        for inner in value.values():
            kind = inner.__class__
            if (
                kind is not str
                and kind not in _PLAIN
                and not (kind is list and _PLAIN.issuperset(map(type, inner)))
            ):
                self._check(inner, 2, raw)
        return value

    def recover(self, raw: bytes, error: orjson.JSONDecodeError) -> dict[str, Any]:
        """The record in a text that did not parse: in another encoding, or else `Refusal` says why."""
        if "valid UTF-8" in error.msg:
            text = decode_line(raw, self._encodings)
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError as second:
                error = second
            else:
                return self.checked(value, raw)
        if "control character" in error.msg:
            # Crawlers write tabs and line ends into strings as they are; nothing else they can mean.
            try:
                return self.checked(orjson.loads(_STRING.sub(_escaped, raw)), raw)
            except orjson.JSONDecodeError:
                pass
        if "depth limit" in error.msg:
            raise self._too_deep()
        near = error.doc[error.pos : error.pos + 60]
        if "infinity" in error.msg:
            raise Refusal(Reason.BAD_VALUE, f"a number out of range: {error}")
        if _NOT_FINITE.match(near):
            raise Refusal(Reason.BAD_VALUE, f"NaN and Infinity are no JSON values: {error}")
        if "surrogate" in error.msg:
            raise Refusal(Reason.BAD_VALUE, f"an escape that is half a character: {error}")
        hint = ""
        if "content after document" in error.msg and near[:1] in ("{", "["):
            hint = '; for several objects on a line state `format = "json"`'
        raise Refusal(Reason.MALFORMED, f"{error}, at {near!r}{hint}")

    def _check(self, value: Any, depth: int, raw: bytes) -> None:
        kind = value.__class__
        if kind is int:
            if not -_LARGEST - 1 <= value <= _LARGEST:
                raise Refusal(Reason.BAD_VALUE, f"the integer {value} needs more than 64 bits")
        elif kind is float:
            if not -_LARGEST < value < _LARGEST:
                _check_digits(raw)
        elif kind is list or kind is dict:
            if depth > self._depth:
                raise self._too_deep()
            if kind is dict:
                _check_keys(value)
                value = value.values()
            for inner in value:
                if inner.__class__ not in _PLAIN:
                    self._check(inner, depth + 1, raw)

    def _too_deep(self) -> Refusal:
        return Refusal(
            Reason.TOO_DEEP,
            f"nests deeper than {self._depth} levels (`limits.depth` in config/settings.toml)",
        )


_JSON_NAMES = {str: "a string", bool: "a boolean", list: "a list"}


def _check_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if "\0" in key:
            raise Refusal(Reason.BAD_VALUE, f"the key {key[:80]!r} holds a NUL character")


def _check_digits(raw: bytes) -> None:
    # An integer over 64 bits is parsed as a float: only the text tells it from 1e20.
    for match in _STRING_OR_INTEGER.finditer(raw):
        # Of 19 digits some fit: an epoch in nanoseconds does. (No int() of thousands of digits here.)
        if match[1] and (len(match[1]) > 20 or not -(2**63) <= int(match[1]) < 2**63):
            shown = match[1].decode()
            shown = shown if len(shown) <= 40 else f"{shown[:20]}… ({len(shown)} digits)"
            raise Refusal(Reason.BAD_VALUE, f"the integer {shown} needs more than 64 bits")


def _escaped(string: re.Match[bytes]) -> bytes:
    return _CONTROL.sub(lambda control: b"\\u%04x" % ord(control[0]), string[0])


def _short(raw: bytes) -> str:
    text = raw[:200].decode("utf-8", "backslashreplace")
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
