"""What becomes of each article of a key, and the least that must be written for it. Pure.

The article that stands is the one of greatest rank ever loaded (a max-register); every other content
that was ever loaded is kept as a revision, at that content's greatest rank. Rank decides alone, so any
order and any overlap end in the same documents.
"""

from collections.abc import Sequence

import msgspec

from etl.model import Candidate, Outcome


class Standing(msgspec.Struct, frozen=True):
    """The article that stands in the store for a key, as far as a merge needs to know it."""

    rank: str
    content_hash: str


class Merge(msgspec.Struct, frozen=True):
    """The outcomes of a key's articles, and the writes that bring the store there.

    Articles are named by their place in the sequence that was merged. At most one of `insert`, `replace` and
    `raised` is set.
    """

    outcomes: tuple[Outcome, ...]
    """For each article, as if they had been loaded one by one."""
    insert: int | None = None
    """The article to insert: nothing stands yet."""
    replace: int | None = None
    """The article to put in the place of what stands, which becomes a revision if its content differs."""
    raised: int | None = None
    """The article whose rank and capture time the standing one takes over: its content is the same."""
    revisions: tuple[int, ...] = ()
    """The articles to keep: of each content that does not stand in the end, the one of greatest rank."""


ALONE = Merge((Outcome.INSERTED,), insert=0)
"""What becomes of the one article of a key for which nothing stands."""
_REVISED = Merge((Outcome.REVISED,), replace=0)
_SUPERSEDED = Merge((Outcome.SUPERSEDED,), revisions=(0,))
_RAISED = Merge((Outcome.DUPLICATE,), raised=0)
_DUPLICATE = Merge((Outcome.DUPLICATE,))


def merge(standing: Standing | None, articles: Sequence[Candidate]) -> Merge:
    """Merge a key's articles, in the order in which they were read, into what stands for it."""
    if len(articles) == 1:
        return _merge_one(standing, articles[0])
    if not articles:
        return Merge(())
    outcomes: list[Outcome] = []
    stands: tuple[str, str] | None = (standing.rank, standing.content_hash) if standing else None
    best: dict[str, int] = {}
    for place, article in enumerate(articles):
        arriving = (article.rank, article.content_hash)
        greatest = best.get(article.content_hash)
        if greatest is None or article.rank > articles[greatest].rank:
            best[article.content_hash] = place
        if stands is None:
            outcomes.append(Outcome.INSERTED)
            stands = arriving
        elif arriving[1] == stands[1]:
            outcomes.append(Outcome.DUPLICATE)
            stands = max(stands, arriving)
        elif arriving > stands:
            outcomes.append(Outcome.REVISED)
            stands = arriving
        else:
            outcomes.append(Outcome.SUPERSEDED)
    return _writes(standing, articles, tuple(outcomes), best)


def greatest(articles: Sequence[Candidate]) -> int:
    """The place of the article that would stand, were there no others: the first of greatest rank."""
    return max(range(len(articles)), key=lambda i: (articles[i].rank, articles[i].content_hash, -i))


def _merge_one(standing: Standing | None, article: Candidate) -> Merge:
    if standing is None:
        return ALONE
    if article.content_hash == standing.content_hash:
        return _RAISED if article.rank > standing.rank else _DUPLICATE
    wins = (article.rank, article.content_hash) > (standing.rank, standing.content_hash)
    return _REVISED if wins else _SUPERSEDED


def _writes(
    standing: Standing | None,
    articles: Sequence[Candidate],
    outcomes: tuple[Outcome, ...],
    best: dict[str, int],
) -> Merge:
    top = greatest(articles)
    one = _merge_one(standing, articles[top])
    stays = standing is not None and bool(one.revisions)  # not even our best reaches what stands
    final = standing.content_hash if standing is not None and stays else articles[top].content_hash
    replace, raised = one.replace, one.raised
    if raised is not None and Outcome.REVISED in outcomes:
        # Within the batch another content stood for a while, and what stood has come back. A whole document
        # is written, so that its provenance tells a repeated load that these outcomes are its own.
        replace, raised = raised, None
    return Merge(
        outcomes,
        insert=None if one.insert is None else top,
        replace=None if replace is None else top,
        raised=None if raised is None else top,
        revisions=tuple(place for content, place in best.items() if content != final),
    )
