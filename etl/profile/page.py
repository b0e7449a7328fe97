"""The draft as text: TOML settings and comments, safe whatever the dumps had in them."""

import json
import re
import textwrap
import tomllib
from typing import Any

from etl.errors import ArticleEtlError
from etl.extract.names import printable
from etl.sources import Source

_WIDTH = 104
_LONGEST = 400
"""Characters of one comment."""
_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def toml(value: Any) -> str:
    """A value as TOML has it. Strings are JSON's, which escapes as TOML does, but for DEL.

    >>> print(toml(["a\\n]", 'say "no"']))
    ["a\\n]", "say \\"no\\""]
    """
    if isinstance(value, str):
        sound = value.encode("utf-8", "replace").decode()
        return _ESCAPED.sub(lambda c: f"\\u{ord(c[0]):04x}", json.dumps(sound, ensure_ascii=False))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        items = [toml(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) < _WIDTH - 20 else "[\n{}]".format("".join(f"  {item},\n" for item in items))
    return str(value)


class Page:
    """Grows from top to bottom; what is set is collected beside it."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self._lines: list[str] = []

    def heading(self, text: str) -> None:
        """A blank line and a title."""
        self._lines += ["", f"# --- {text}"]

    def say(self, text: str) -> None:
        """A comment, broken into lines. Whatever it quotes stays a comment."""
        sound = printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
        for line in textwrap.wrap(sound, _WIDTH, break_long_words=True, break_on_hyphens=False) or [""]:
            self._lines.append(f"# {line}".rstrip())

    def put(self, key: str, value: Any) -> None:
        """A setting."""
        self._lines.append(f"{key} = {toml(value)}")
        inner = self.settings
        *outer, last = key.split(".")
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value

    def propose(self, key: str, value: Any) -> None:
        """A setting as a comment: to be uncommented by whoever knows."""
        self._lines += [f"# {line}" for line in f"{key} = {toml(value)}".split("\n")]

    def propose_lines(self, lines: list[str]) -> None:
        """Some lines of TOML as comments."""
        self._lines += [f"# {printable(line)}" for line in lines]

    def text(self, name: str) -> str:
        """The page, once it is sure that it is TOML and says what was set.

        Raises:
            ArticleEtlError: it is not: a fault of ours, not of the dumps.
        """
        text = "\n".join(self._lines).lstrip("\n") + "\n"
        try:
            read = Source.model_validate({"name": name, **tomllib.loads(text)})
        except ValueError as error:
            raise ArticleEtlError(f"the draft is no sound TOML; please report this: {error}") from None
        if read != Source.model_validate({"name": name, **self.settings}):
            raise ArticleEtlError("the draft does not say what was meant; please report this")
        return text


def shown(value: Any, most: int = 60) -> str:
    """A value as a comment quotes it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return f"`{text if len(text) <= most else text[:most] + '…'}`"


def share(n: int, of: int) -> str:
    """`3 of 4 (75 %)`."""
    if n == of:
        return f"all {of:,}" if of != 1 else "1 of 1"
    return f"{n:,} of {of:,} ({_percent(n / of)})" if of else "0 of 0"


def _percent(part: float) -> str:
    percent = 100 * part
    return (
        f"{percent:.0f} %"
        if 1 <= percent <= 99 or percent == 0
        else f"{percent:.2g} %"
        if percent < 1
        else "over 99 %"
    )
