"""Rejections as readers make them: with the position, and worded alike."""

from etl.errors import Refusal
from etl.extract.lines import HEAD_BYTES
from etl.model import Reason, Rejection, Stage


def rejected(refusal: Refusal, raw: bytes, record: int, member: str | None, offset: int | None) -> Rejection:
    """The rejection of a record of the extraction stage."""
    return Rejection(Stage.EXTRACT, refusal.reason, refusal.detail, record, raw, member, offset)


def too_large(
    head: bytes, size: int, most: int, *, record: int, member: str | None, offset: int | None
) -> Rejection:
    """The rejection of a record over the cap, of which only the head is kept."""
    refusal = Refusal(
        Reason.TOO_LARGE,
        f"has {size:,} bytes; the cap is {most:,} (`limits.record_bytes` in config/settings.toml)",
    )
    return rejected(refusal, head[:HEAD_BYTES], record, member, offset)
