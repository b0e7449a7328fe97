"""Lines that are no content, dropped wherever a body has them."""

import re
from collections.abc import Callable, Iterable

from etl.transform.probe import Probe, probe
from etl.transform.text import clean_body, clean_line, is_clean, mended_in_place, rebuilt_body


def body_cleaner(boilerplate: Iterable[str]) -> Callable[[str], str]:
    """`clean_body` that also drops the given lines.

    A line counts where it is all of a line or of a paragraph, whatever its case and spacing.
    """
    wanted = frozenset(clean_line(line).lower() for line in boilerplate) - {""}
    if not wanted:
        return clean_body
    longest = max(map(len, wanted))
    may_have_one = _probe_of(wanted, longest)

    def clean(raw: str) -> str:
        body = raw if is_clean(raw) else mended_in_place(raw)
        if body is None:
            # A line that was folded into a paragraph is only seen before.
            lines = raw.split("\n")
            left = [
                line for line in lines if len(line) > 2 * longest or clean_line(line).lower() not in wanted
            ]
            body = rebuilt_body(raw) if len(left) == len(lines) else clean_body("\n".join(left))
        first = body.find("\n")
        if first < 0:
            return body if len(body) > longest or body.lower() not in wanted else ""
        if first <= longest or len(body) - body.rfind("\n") <= longest + 1 or may_have_one(body):
            parts = body.split("\n\n")
            kept = [part for part in parts if len(part) > longest or part.lower() not in wanted]
            if len(kept) < len(parts):
                return "\n\n".join(kept)
        return body

    return clean


def _probe_of(wanted: Iterable[str], longest: int) -> Probe:
    """Whether a body may have one of the lines between two others.

    Found by memchr on the line feeds; the two letters after one rule nearly all of them out.
    """
    starts = {"".join(f"[{re.escape(''.join(spellings(letter)))}]" for letter in line[:2]) for line in wanted}
    return probe(rf"\n(?:{'|'.join(sorted(starts))})[^\n]{{0,{longest}}}\n")


def spellings(letter: str) -> list[str]:
    """The characters of which `str.lower` makes something that begins with this letter."""
    near = {letter, letter.upper(), letter.title(), *_LOWERED_ALONE.get(letter, "")}
    return sorted(other for other in near if len(other) == 1 and other.lower()[0] == letter)


_LOWERED_ALONE = {
    "i": "\u0130",
    "k": "\u212a",
    "\xe5": "\u212b",
    "\u03c9": "\u2126",
    "\xdf": "\u1e9e",
    "\u03b8": "\u03f4",
}
"""Letters with a second capital, which `str.upper` does not give."""
