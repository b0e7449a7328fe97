"""Find where JSON values begin and end in a stream, without parsing them and in bounded memory."""

import re

from etl.errors import DumpError
from etl.extract.types import Readable

_PIECE = 256 << 10
_OUTSIDE = re.compile(rb'["{}\[\]]')
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SCALAR_END = re.compile(rb"[\s,\]}\[{:]")
_GAP = re.compile(rb"[\s,]*")


class JsonCursor:
    """A place in a JSON text that is read piece by piece.

    `text` holds what is buffered and `at` the place in it; all that lies before `at` may be let go at
    the next `more`.
    """

    def __init__(self, stream: Readable) -> None:
        self.text = b""
        self.at = 0
        self.ended = False
        self.failure: DumpError | None = None
        """Why the stream ended, where it did not end well."""
        self._stream = stream
        self._base = 0

    @property
    def offset(self) -> int:
        """Byte offset of `at` in the stream."""
        return self._base + self.at

    def more(self) -> bool:
        """Buffer a further piece; False at the end of the stream. Moves `at`, and so all places, to 0."""
        if self.ended:
            return False
        try:
            piece = self._stream.read(_PIECE)
        except DumpError as error:
            self.failure = error
            piece = b""
        self._base += self.at
        self.text = self.text[self.at :] + piece
        self.at = 0
        self.ended = not piece
        return bool(piece)

    def peek(self) -> bytes:
        """The next byte that is neither blank nor a comma, which becomes the place; none at the end."""
        while True:
            match = _GAP.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return self.text[self.at : self.at + 1]
            if not self.more():
                return b""

    def value_end(self, most: int) -> int | None:
        """Index in `text` after the value at the place, buffering up to about `most` bytes of it.

        None when the value does not end within that, or within the stream.
        """
        scan = Scan()
        while True:
            # `more` lets go of what is before the place, and so keeps the value's own indices.
            skipped = self.at
            end = scan.run(self.text, self.at)
            if end is not None:
                return end
            if len(self.text) - self.at > most or not self.more():
                if self.ended and scan.scalar:
                    return len(self.text)
                return None
            scan.at -= skipped

    def skip(self) -> int:
        """Pass over the value at the place without holding it; gives its length in bytes.

        At the end of the stream the value counts as ended.
        """
        start = self.offset
        scan = Scan()
        while (end := scan.run(self.text, self.at)) is None:
            self.at = scan.at
            if not self.more():
                self.at = len(self.text)
                return self.offset - start
            scan.at = 0
        self.at = end
        return self.offset - start


class Scan:
    """Looks for the end of one value; goes on where it stopped when there is more text.

    Knows strings and brackets, and nothing else of the grammar: whether the value is sound, the parser
    says.
    """

    __slots__ = ("_depth", "_in_string", "at", "scalar")

    def __init__(self) -> None:
        self.at = -1
        """Where to go on in the text, once `run` has been called."""
        self.scalar = False
        """Whether it is a number or a bare word, which ends where the text does."""
        self._depth = 0
        self._in_string = False

    def run(self, text: bytes, start: int) -> int | None:
        """Index after the value that begins at `start`; None when it goes on after `text`."""
        at = self.at
        if at < 0:
            at = start
            self.scalar = text[start : start + 1] not in (b'"', b"{", b"[")
            at += self.scalar
        if self.scalar:
            return self._scalar_end(text, at)
        while True:
            if self._in_string:
                at = self._string_end(text, at)
                if at < 0:
                    return None
                if not self._depth:
                    return at
            match = _OUTSIDE.search(text, at)
            if match is None:
                self.at = len(text)
                return None
            at = match.end()
            mark = text[at - 1]
            if mark == 0x22:
                self._in_string = True
            elif mark in (0x7B, 0x5B):
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth <= 0:
                    return at

    def _string_end(self, text: bytes, at: int) -> int:
        """Index after the quote that ends the string which `at` is in; -1 when it goes on after `text`."""
        quote = text.find(b'"', at)
        if quote > at and text[quote - 1] == 0x5C:
            # Where one quote is escaped there are more: from here on a regular expression is faster.
            match = _STRING_REST.match(text, at)
            end = match.end() if match else at
            quote = end if text.startswith(b'"', end) else -1
            at = end
        elif quote < 0:
            # Of a run of backslashes at the end, an odd one out escapes what the next piece begins with.
            run = len(text) - max(at, len(text.rstrip(b"\\")))
            at = len(text) - run % 2
        if quote < 0:
            self.at = at
            return -1
        self._in_string = False
        return quote + 1

    def _scalar_end(self, text: bytes, at: int) -> int | None:
        match = _SCALAR_END.search(text, at)
        if match is None:
            self.at = len(text)
            return None
        return match.start()
