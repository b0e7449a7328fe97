"""The publication date in the data that a page gives to its own scripts."""

import re
from collections.abc import Iterable

from etl.extract.html.moments import Moment, moment_of

_KEYS = (
    "datePublished|date_published|published(?:At|_at|On|_on|Date|_date|Time|_time)?"
    "|publish(?:Date|_date|Time|_time)|publication(?:Date|_date|Time)|pub_?[dD]ate"
    "|articlePublish(?:ed)?(?:Date|Time)|article_?date|first_?[pP]ublished(?:At|Date|_at|_date)?"
    "|firstPublicationDate|display_?[dD]ate"
)
_MINUTE = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"
_STATED = re.compile(rf"""["'](?:{_KEYS})["']\s*:\s*\\?["']({_MINUTE}[^"'\\<]{{0,25}})\\?["']""")
_MOST_CHARACTERS = 2_000_000


def in_scripts(scripts: Iterable[str]) -> Moment | None:
    """The one moment that all of a page's scripts state under names of publication dates; None where there
    are several, for the others are those of other articles.

    >>> in_scripts(['{"publishedAt": "2026-03-01T09:00:00Z"}']).raw
    '2026-03-01T09:00:00Z'
    >>> in_scripts(['[{"pubDate": "2026-03-01 09:00"}, {"pubDate": "2026-03-02 09:00"}]'])
    """
    found = {match for script in scripts for match in _STATED.findall(script[:_MOST_CHARACTERS])}
    return moment_of(found.pop(), "script") if len(found) == 1 else None
