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
