"""Whether a text is surely clean, told from its UTF-8 by tables over its bytes.

Most bodies are clean, and a regular expression over all of Unicode takes 1.7 ns a byte to say so. Here
a table maps every byte to the kind that it is of (64 bytes at a time, stringzilla), and what may not
stand in a clean text is then a handful of short sequences of kinds, looked for at 0.1 ns a byte. What the
tables take may be clean all the same, and is then asked about character by character; what they pass is
clean, which a test over all of Unicode holds.
"""

from collections.abc import Callable, Iterable
from string import ascii_letters

# Handed bytes alone: given a str, 5.3 reads past its end where it is not ASCII, and half a surrogate pair
# ends the process.
from stringzilla import find, find_first_of, translate

from etl.transform.probe import probe

Bytes = Iterable[int]
Sequence = tuple[Bytes, ...]
"""Bytes that may stand at each of some places side by side."""

_MOST_LITERALS = 64
"""Of more than these no SIMD search is made."""


def sequence_probe(sequences: Iterable[Sequence]) -> Callable[[bytes], bool]:
    """A function that tells whether some bytes hold one of the sequences.

    Raises:
        ValueError: the sequences need more literals than are found fast.
    """
    wanted = [tuple(map(frozenset, sequence)) for sequence in sequences]
    places = [place for sequence in wanted for place in sequence]
    # Bytes that are in the same places are of one kind, and share a letter.
    kinds = ["".join("x" if byte in place else "." for place in places) for byte in range(256)]
    letters = dict(zip(dict.fromkeys(kind for kind in kinds if "x" in kind), ascii_letters, strict=False))
    table = "".join(letters.get(kind, ".") for kind in kinds).encode()
    found: list[str] = []
    for sequence in wanted:
        literals = [""]
        for place in sequence:
            here = sorted({chr(table[byte]) for byte in place})
            literals = [before + letter for before in literals for letter in here]
        found += literals
    if len(found) > _MOST_LITERALS:
        raise ValueError(f"{len(found)} literals; more than {_MOST_LITERALS} are not found by SIMD")
    if len(found) == 1:
        needle = found[0].encode()
        return lambda data: find(translate(data, table), needle) >= 0
    holds = probe("|".join(found))
    return lambda data: holds(translate(data, table))


def _but(*left: int) -> set[int]:
    """Bytes that continue a character, without some."""
    return set(range(0x80, 0xC0)) - set(left)


_CONTROLS = bytes((*range(0x0A), *range(0x0B, 0x20), 0x7F))
_UNTOLD = bytes((0xCC, 0xCD, 0xD2, 0xD6, *range(0xDC, 0xE1), *range(0xF0, 0xF8)))
"""First bytes of characters of which the tables know nothing: marks, rarer scripts, emoji."""
NOT_PLAIN = b"<&" + _CONTROLS + _UNTOLD
"""Bytes that a closer look is taken at; without them only `may_be_odd` is left to ask."""

has_lone_feed = sequence_probe([({*range(256)} - {0x0A}, b"\n", {*range(256)} - {0x0A})])
"""Whether a line feed stands between two other characters, in UTF-8."""

# What `etl.transform.mojibake.SUSPECT` finds, near enough.
_MOJIBAKE = ((0xC3,), range(0x82, 0xB1), (0xC2, 0xC5, 0xC6, 0xCB, 0xE2))
_may_be_mojibake = sequence_probe([_MOJIBAKE])
may_be_mangled = sequence_probe([_MOJIBAKE, ((0xC2,), range(0x80, 0xA0))])
"""Whether some UTF-8 may have been decoded with the wrong charset: surely not, or it may."""
_has_odd_symbol = sequence_probe(
    [
        ((0xC2,), (*range(0x80, 0xA1), 0xAD)),  # C1 controls, no-break space, soft hyphen
        ((0xE2,), _but(0x80, 0x82, 0x84)),  # symbols, some of them marks or not in NFC; not the dashes, € № ™
        ((0xE2,), (0x80,), (*range(0x80, 0x90), *range(0xA8, 0xB0))),  # spaces, joiners, formats
        ((0xE2,), (0x84,), (0xA6, 0xAA, 0xAB)),  # ohm, kelvin, angstrom
    ]
)

_EAST_ASIAN = bytes((0xE3, 0xEA, 0xEF))
"""First bytes of what these are about."""
_has_odd_east_asian = sequence_probe(
    [
        ((0xE3,), (0x80,), (0x80, *range(0xAA, 0xB0))),  # the ideographic space, tone marks
        ((0xE3,), (0x82,), (0x99, 0x9A)),  # voiced sound marks
        ((0xEA,), range(0x99, 0xB0)),  # from Vai to Meetei; not Korean
        ((0xEF,), _but(0xBC, 0xBD)),  # compatibility and presentation forms; not full-width ASCII
    ]
)
_WITH_MARKS = bytes((0xCE, *range(0xD7, 0xDC), 0xE1))
_TOLD = bytes((0xC2, 0xE2)) + _EAST_ASIAN + _WITH_MARKS
"""First bytes of all characters of which some are odd."""
_has_mark_of_d8 = sequence_probe([((0xD8,), (*range(0x90, 0x9B), 0x9C))])
_has_mark_of_d9 = sequence_probe([((0xD9,), (*range(0x8B, 0xA0), 0xB0))])
_has_mark_of_db = sequence_probe([((0xDB,), range(0x96, 0xAE))])
_has_mark_of_d7 = sequence_probe([((0xD7,), range(0x81, 0x8A))])
_has_other_e1 = sequence_probe([((0xE1,), _but(*range(0xB8, 0xBC)))])  # all but Vietnamese
_has_greek_dot = sequence_probe([((0xCE,), (0x87,))])


def has_control(data: bytes) -> bool:
    """Whether some UTF-8 has a control of ASCII that is no line feed."""
    return bool(find_first_of(data, _CONTROLS) >= 0)


def is_untold(data: bytes) -> bool:
    """Whether some UTF-8 has characters of which `may_be_odd` knows nothing."""
    return bool(find_first_of(data, _UNTOLD) >= 0)


def may_be_odd(data: bytes) -> bool:
    """Whether some UTF-8 may hold a character that a rule changes: surely not, or it may.

    White space and controls of ASCII, tags and entities are not asked about.
    """
    if _may_be_mojibake(data):
        return True
    if find_first_of(data, _TOLD) < 0:
        return False
    if _has_odd_symbol(data):
        return True
    if find_first_of(data, _EAST_ASIAN) >= 0 and _has_odd_east_asian(data):
        return True
    return find_first_of(data, _WITH_MARKS) >= 0 and (
        _has_mark_of_d8(data)
        or _has_mark_of_d9(data)
        or _has_mark_of_db(data)
        or _has_mark_of_d7(data)
        or _has_other_e1(data)
        or _has_greek_dot(data)
    )
