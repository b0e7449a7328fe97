"""What news services write where they have no body to give."""

import re

LONGEST_STUB = 120
"""Characters; a longer text is a body."""
_STUB = re.compile(
    r"\s*(?:only available in (?:the )?[a-z ,&]{0,60}plans?"
    r"|\[removed\]|none|null|nan|n/a|\[?no content\]?)\.?\s*",
    re.IGNORECASE,
)


def is_stub(text: str) -> bool:
    """Whether a text only says that there is none.

    >>> is_stub("ONLY AVAILABLE IN PAID PLANS"), is_stub("[Removed]"), is_stub("Only available in Spain.")
    (True, True, False)
    """
    return _STUB.fullmatch(text) is not None


_CUT = re.compile(r"\s*\[\+?\d[\d,.]* (?:more )?char(?:s|acters)?\]$")


def without_cut(text: str) -> str | None:
    """A body without the mark of a service that cut it; None where there is no such mark.

    >>> without_cut("The ferry sails from… [+2345 chars]"), without_cut("See [1]")
    ('The ferry sails from…', None)
    """
    found = _CUT.search(text, max(0, len(text) - 40))
    return text[: found.start()] if found else None
