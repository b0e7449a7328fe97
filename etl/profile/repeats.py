"""What is repeated across many articles: lines, ends and beginnings of titles, whole titles."""

import re
from collections import Counter
from collections.abc import Iterable

_LONGEST_LINE = 240
_MOST_LINES = 60
"""Lines at either end of a body that are counted."""
_MOST_COUNTED = 200_000
_SHOWN = 12
_SUFFIX = re.compile(r"(\s+[|\-–—·•:»/]{1,2}\s+[^|–—·•»]{2,50})$")
_PREFIX = re.compile(r"^([^\W\d_][^:|]{1,28}(?::|\s\|)\s+)")
_BRACKETED = re.compile(r"^([\[【〔（(][^\]】〕）)]{1,20}[\]】〕）)]\s*)")


def repeated_lines(bodies: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """Lines that many articles share, with how many do, the most frequent first.

    Takes title hash and clean body of each article: versions of one article count once.
    """
    counts: Counter[str] = Counter()
    seen: set[int] = set()
    articles = 0
    for title_hash, body in bodies:
        key = hash((title_hash, body[:200]))
        if key in seen or not body:
            continue
        seen.add(key)
        articles += 1
        lines = [line for line in body.split("\n") if 0 < len(line) <= _LONGEST_LINE]
        some = set(lines if len(lines) <= 2 * _MOST_LINES else lines[:_MOST_LINES] + lines[-_MOST_LINES:])
        if len(counts) < _MOST_COUNTED:
            counts.update(some)
        else:
            counts.update(line for line in some if line in counts)
    least = max(3, round(articles * 0.01))
    return [(line, n) for line, n in counts.most_common(_SHOWN) if n >= least]


def repeated_affixes(titles: Iterable[str]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Ends and beginnings that many different titles share: perhaps the brand, perhaps a label."""
    suffixes: Counter[str] = Counter()
    prefixes: Counter[str] = Counter()
    distinct = set(titles)
    for title in distinct:
        if end := _SUFFIX.search(title):
            suffixes[end[1]] += 1
        if start := _BRACKETED.match(title) or _PREFIX.match(title):
            prefixes[start[1]] += 1
    least = max(3, round(len(distinct) * 0.02))
    brands = [(text, n) for text, n in suffixes.most_common(5) if n >= max(least, len(distinct) * 0.05)]
    return brands, [(text, n) for text, n in prefixes.most_common(6) if n >= least]


def repeated_titles(articles: Iterable[tuple[str, str, str | None]]) -> list[tuple[str, int]]:
    """Titles that stand over several articles of different days or addresses: perhaps no articles at all.

    Takes title, key and URL of each.
    """
    places: dict[str, set[str]] = {}
    for title, key, url in articles:
        places.setdefault(title, set()).add(url or key)
    found = sorted(((title, len(where)) for title, where in places.items()), key=lambda item: -item[1])
    return [(title, n) for title, n in found[:5] if n >= 4]
