"""The HTTP response inside a capture: status, kind of content, and the body with its codings undone."""

from typing import Any, NamedTuple

from etl.errors import Refusal
from etl.model import Reason

_CODINGS = ("all", "transfer", "content", "none")
"""What to undo, in order: many crawlers store a body decoded under the headers that it came with."""


_BEGINNINGS = (b"<!doctype html", b"<html")
_HTML = frozenset(("text/html", "application/xhtml+xml"))


class Reply(NamedTuple):
    """A page as it was answered."""

    charset: str | None
    body: bytes
    """Maybe a little more than the cap, where it is longer."""


def page_reply(block: bytes, most: int) -> Reply | None:
    """The HTML page in a capture; None where it is another kind of content, or was not answered with 200.

    Raises `Refusal` where the body's codings cannot be undone.
    """
    cause = ""
    for coding in _CODINGS:
        try:
            record = _parsed(block, coding)
            headers, content_type = record.http_headers, record.http_content_type
            if headers is None or headers.status_code != 200:
                return None
            if content_type is not None and content_type.lower() not in _HTML:
                return None
            body = _read(record.reader, most)
        except (OSError, ValueError) as error:
            cause = cause or str(error)
            continue
        if content_type is None and not body[:1024].lstrip().lower().startswith(_BEGINNINGS):
            return None
        if coding == "all" or _is_plain(body):
            return Reply(record.http_charset, body)
    raise Refusal(Reason.MALFORMED, f"its body is not in the coding that its headers state: {cause[:100]}")


def _parsed(block: bytes, coding: str) -> Any:
    from fastwarc.warc import WarcRecord, WarcRecordType

    if (end := block.find(b"\n")) > 0 and block[end - 1 : end] != b"\r":
        # Line ends were converted: the library knows those of HTTP only.
        head, separator, body = block.partition(b"\n\n")
        block = head.replace(b"\n", b"\r\n") + separator.replace(b"\n", b"\r\n") + body
    record: Any = WarcRecord()
    record.init_headers(WarcRecordType.response, content_length=len(block))
    record.is_http = True
    record.set_bytes_content(block)
    record.parse_http(auto_decode=coding, strict_mode=False)
    return record


def _read(reader: Any, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while size <= most and (piece := reader.read(1 << 16)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _is_plain(body: bytes) -> bool:
    """Whether a body looks like text at all, after a coding that it states was found not to be there."""
    head = body[:512]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"\0" not in head
