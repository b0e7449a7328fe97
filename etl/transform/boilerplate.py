"""Lines that are no content, dropped wherever a body has them."""

from collections.abc import Callable, Iterable

from etl.transform.probe import probe
from etl.transform.text import clean_body, clean_line, cleaned_body, is_clean


def body_cleaner(boilerplate: Iterable[str]) -> Callable[[str], str]:
    """`clean_body` that also drops the given lines.

    A line counts where it is all of a line or of a paragraph, whatever its case and spacing.
    """
    wanted = frozenset(clean_line(line).lower() for line in boilerplate) - {""}
    if not wanted:
        return clean_body
    longest = max(map(len, wanted))
    # Found by memchr on the line feeds: 0.7 µs for 3 KB without a short line.
    has_short_line = probe(rf"\n[^\n]{{1,{longest}}}\n")

    def clean(raw: str) -> str:
        body = raw
        if not is_clean(raw):
            body = cleaned_body(raw)
            # A line that was folded into a paragraph is only seen before.
            lines = raw.split("\n")
            left = [
                line for line in lines if len(line) > 2 * longest or clean_line(line).lower() not in wanted
            ]
            if len(left) < len(lines):
                body = clean_body("\n".join(left))
        first = body.find("\n")
        if first < 0:
            return body if len(body) > longest or body.lower() not in wanted else ""
        if first <= longest or len(body) - body.rfind("\n") <= longest + 1 or has_short_line(body):
            parts = body.split("\n\n")
            kept = [part for part in parts if len(part) > longest or part.lower() not in wanted]
            if len(kept) < len(parts):
                return "\n\n".join(kept)
        return body

    return clean
