"""Identity: the key of an article, the hash of what it says, and the rank of one version over another.

All of it comes from the record alone. The recipe is frozen by vectors in the tests; another recipe is
another `RECIPE_VERSION` and an explicit re-key of the store, never a silent change.
"""

from collections.abc import Sequence
from typing import Any

import orjson
import xxhash
from stringzilla import sha256  # of bytes alone; of 80 of them hashlib takes twice as long

from etl.errors import Refusal
from etl.model import PublishedDocument, Reason
from etl.transform.dates.instant import Instant

RECIPE_VERSION = 1
"""Version of the title's normal form and of the key made from it."""

_TITLE_DOMAIN = b"article-etl/title/%d\x00" % RECIPE_VERSION
_BODY_DOMAIN = b"article-etl/body/%d\x00" % RECIPE_VERSION
_CONTENT_SEED = RECIPE_VERSION
_LONGEST_BODY = 99_999_999

_xxh3 = xxhash.xxh3_128_hexdigest
_xxh32 = xxhash.xxh32_hexdigest
_dumps = orjson.dumps
_SORTED = orjson.OPT_SORT_KEYS


def title_hash(normal_form: str) -> str:
    """32 hex digits: 128 bits of SHA-256 over a title's normal form."""
    digest: bytes = sha256(_TITLE_DOMAIN + normal_form.encode())
    return digest[:16].hex()


def article_key(instant: Instant, title: str) -> str:
    """`2023-09-22T10:49:00Z/<title hash>`, or `2023-09-22/<title hash>` for a day alone."""
    return f"{instant.key}/{title}"


def undated_key(title: str, body: str) -> str:
    """`undated/<title hash>-<body hash>`: without a date only the text tells two articles apart.

    Raises:
        Refusal: bad_value, for half a character.
    """
    try:
        said = body.encode()
    except UnicodeEncodeError as error:
        raise Refusal(Reason.BAD_VALUE, f"the body holds what no document can: {error.reason}") from None
    return f"undated/{title}-{sha256(_BODY_DOMAIN + said)[:16].hex()}"


def content_hash(
    title: str,
    body: str,
    authors: Sequence[str],
    editor: str | None,
    tags: Sequence[str],
    language: str | None,
    url: str | None,
    extra: dict[str, Any],
) -> str:
    """32 hex digits of XXH3-128 over all that an article says, as JSON with sorted keys.

    It tells versions of one key apart; who can forge a collision has only hidden a version of their
    own article. A cryptographic hash would cost 15 times as much, on every body.

    Raises:
        Refusal: bad_value, for what no document can hold: half a character, a key that is not text.
    """
    try:
        said = _dumps([title, body, authors, editor, tags, language, url, extra], option=_SORTED)
    except TypeError as error:
        raise Refusal(Reason.BAD_VALUE, f"the record holds what no document can: {error}") from None
    return _xxh3(said, _CONTENT_SEED)


def attribution(source: str, published: PublishedDocument | None, flags: Sequence[str]) -> str:
    """8 hex digits over how a record came by its key: source, date text, precision, zone, field, flags.

    It settles the order of two records that say the same and were learnt differently.

    Raises:
        Refusal: bad_value, for half a character in the date's text.
    """
    said = (source, *published.values(), *flags) if published is not None else (source, *flags)
    try:
        return _xxh32("\x00".join(said).encode())  # type: ignore[arg-type] # all of its values are text
    except UnicodeEncodeError as error:
        raise Refusal(Reason.BAD_VALUE, f"the date holds what no document can: {error.reason}") from None


def rank(when: str | None, body_length: int, content: str, attributed: str) -> str:
    """Orders versions of one key, as a string: by time, then length of the body, then content.

    `when` is the capture's instant or the declared day as `2023-09-22T13:15:31.000Z`; None ranks lowest.
    """
    length = body_length if body_length < _LONGEST_BODY else _LONGEST_BODY
    return f"{when or '-'}/{str(length).zfill(8)}/{content}/{attributed}"
