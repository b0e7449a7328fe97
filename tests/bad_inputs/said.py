"""How what a command says is held against the table."""


def is_as_expected(found: str, expected: str) -> bool:
    """Whether a title is the one expected, or a rejection `<reason> detail` has its reason and words."""
    if not expected.startswith("<"):
        return found == expected
    reason, _, words = expected.partition(" ")
    return found.startswith(reason) and words in found
