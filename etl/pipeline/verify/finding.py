"""What does not fit, as people and scripts read it."""

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One thing in the store that is not what it must be."""

    collection: str
    id: str
    """`_id` of the document; of an index or a validator, its name."""
    rule: str
    found: str
    expected: str
    next_step: str

    def __str__(self) -> str:
        return (
            f"{self.collection} {self.id}: {self.rule}: found {self.found}, expected {self.expected}; "
            f"{self.next_step}"
        )


class Verification(msgspec.Struct, frozen=True):
    """What a look at the whole store, or at a sample of it, gave."""

    sound: bool
    articles: int
    """How many articles were recomputed."""
    revisions: int
    loads: int
    quarantine: int
    findings: tuple[Finding, ...]
    """The first ones; `total` says how many there are."""
    total: int
    notes: tuple[str, ...]
    """What is worth knowing, and no fault."""
    seconds: float = 0.0


RELOAD = "roll the run back and load its dumps again, or restore the document from a backup"
BY_HAND = "something else than this loader wrote it: remove it, or restore it from a backup"
LEDGER = "restore the ledger from a backup, or roll the run back and load its dumps again"
SCHEMA = "the next load puts it right (its user needs the role dbAdmin for a validator)"

_LONGEST = 200


def shown(value: object) -> str:
    """A value in few characters, on one line."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
