"""The corpus as text pages: a title, a date line, paragraphs, an editor, an epoch, tags, a button's label."""

from typing import Any

from benchmarks.articles import encode, epoch, record
from benchmarks.dateshapes import spaced


def name(number: int) -> str:
    """Path of a page below the folder of pages: a thousand a folder."""
    return f"{number // 1000:03}/{number:07}.txt"


def page(number: int) -> bytes:
    """The record as a text page, in UTF-8."""
    fields = _parts(number)
    tags = " ".join("#" + tag for tag in fields["tags"])
    head = f"{fields['title']}\n\n{fields['published_at']}\n\n{fields['body']}\n\n"
    tail = f"Editor: {fields['editor']}\n{fields['captured_at']}\n{tags}\n\nLeave a Replay"
    return (head + tail).encode()


def line(number: int) -> bytes:
    """A line of JSON that says the same as the page."""
    return encode(_parts(number))


def _parts(number: int) -> dict[str, Any]:
    fields = record(number, spaced)
    return {
        "title": fields["title"],
        "published_at": fields["published_at"],
        "body": fields["body"].replace("\r\n", "\n"),
        "editor": fields["author"],
        "captured_at": epoch(fields["captured_at"]),
        "tags": fields["tags"],
    }
