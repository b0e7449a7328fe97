"""A batch of articles, key by key: what will become of each, and the documents to write for it."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from etl.load.encode import Encoded, encode, encode_raised, encode_revision
from etl.load.merge import ALONE, Merge, Standing, merge
from etl.load.revisions import Revision, raised_fields
from etl.model import Candidate, Outcome, Rejection

Result = Outcome | Rejection

_OUTCOMES = {"i": Outcome.INSERTED, "r": Outcome.REVISED, "s": Outcome.SUPERSEDED, "d": Outcome.DUPLICATE}


class KeyWork(msgspec.Struct):
    """What is to be done for one key."""

    key: str
    places: list[int]
    """Places of its articles in the batch, those that were refused left out."""
    first: Standing | None
    """What stood when the outcomes were decided."""
    standing: Standing | None
    """What stood at the last look."""
    merge: Merge
    top: Encoded | None
    """The document to insert, or to put in the place of what stands."""
    revisions: tuple[Revision, ...]
    planned: int
    """How many articles the outcomes were decided for."""

    @property
    def chosen(self) -> int | None:
        """Which of `places` holds the article that will stand, if it is one of these."""
        m = self.merge
        return next((place for place in (m.insert, m.replace, m.raised) if place is not None), None)

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        return self.top is not None or self.merge.raised is not None or bool(self.revisions)


class Plan(msgspec.Struct):
    """A batch with the outcomes that it would have now. Nothing is written yet."""

    articles: Sequence[Candidate]
    outcomes: list[Result]
    """One for each article, in its place: as if they had been loaded one by one."""
    work: dict[str, KeyWork]
    """By key, only where there is something to write."""

    @property
    def letters(self) -> str:
        """The outcomes as the ledger's intent keeps them: a letter for each article."""
        return letters(self.outcomes)


def letters(outcomes: Iterable[Result]) -> str:
    """Outcomes as a text of one letter each: i, r, s, d; x for a rejection."""
    return "".join([outcome[0] if isinstance(outcome, str) else "x" for outcome in outcomes])


def outcomes_of(text: str) -> list[Outcome | None]:
    """The outcomes that such a text stands for; None for a rejection."""
    return [_OUTCOMES.get(letter) for letter in text]


def make_plan(articles: Sequence[Candidate], standing: Mapping[str, Standing]) -> Plan:
    """Plan a batch against what stands for its keys."""
    outcomes: list[Result] = [Outcome.DUPLICATE] * len(articles)
    work: dict[str, KeyWork] = {}
    for key, places in by_key(articles).items():
        stands = standing.get(key)
        if len(places) == 1:
            article = articles[places[0]]
            if stands is not None:
                # Most of a repeated load: nothing to merge, nothing to write.
                if article.content_hash == stands.content_hash and article.rank <= stands.rank:
                    continue
            elif not isinstance(document := encode(article), Rejection):
                # Most of a fresh load: nothing to merge.
                outcomes[places[0]] = Outcome.INSERTED
                work[key] = KeyWork(key, places, None, None, ALONE, document, (), 1)
                continue
        prepared = prepare(key, places, stands, stands, articles, outcomes)
        for place, outcome in zip(prepared.places, prepared.merge.outcomes, strict=True):
            outcomes[place] = outcome
        if prepared.writes:
            work[key] = prepared
    return Plan(articles, outcomes, work)


def by_key(articles: Sequence[Candidate]) -> dict[str, list[int]]:
    """Places of the articles of each key, in the order in which they were read."""
    places: dict[str, list[int]] = {}
    for place, article in enumerate(articles):
        key = article.key
        if key in places:
            places[key].append(place)
        else:
            places[key] = [place]
    return places


def prepare(
    key: str,
    places: list[int],
    first: Standing | None,
    standing: Standing | None,
    articles: Sequence[Candidate],
    outcomes: list[Result],
) -> KeyWork:
    """Merge a key's articles into what stands, and encode what that writes.

    An article that no document can hold is entered in `outcomes` as a rejection, and the others are
    merged without it.
    """
    while True:
        group = [articles[place] for place in places]
        merged = merge(standing, group)
        encoded = _encode(merged, group)
        if isinstance(encoded, KeyDocuments):
            return KeyWork(key, places, first, standing, merged, encoded.top, encoded.revisions, len(places))
        bad, rejection = encoded
        outcomes[places[bad]] = rejection
        places = places[:bad] + places[bad + 1 :]


class KeyDocuments(msgspec.Struct, frozen=True):
    """The documents that a key's merge writes."""

    top: Encoded | None
    revisions: tuple[Revision, ...]


_NOTHING = KeyDocuments(None, ())


def _encode(merged: Merge, group: Sequence[Candidate]) -> KeyDocuments | tuple[int, Rejection]:
    """The documents, or the first article that has none."""
    whole = merged.insert if merged.insert is not None else merged.replace
    if whole is None and merged.raised is None and not merged.revisions:
        return _NOTHING
    top: Encoded | None = None
    if whole is not None:
        document = encode(group[whole])
        if isinstance(document, Rejection):
            return whole, document
        top = document
    if merged.raised is not None:
        fields = encode_raised(raised_fields(group[merged.raised]), group[merged.raised])
        if isinstance(fields, Rejection):
            return merged.raised, fields
    if not merged.revisions:
        return KeyDocuments(top, ())
    revisions = []
    for place in merged.revisions:
        article = group[place]
        document = encode_revision(article)
        if isinstance(document, Rejection):
            return place, document
        revisions.append(Revision(article.key, article.content_hash, article.rank, document))
    return KeyDocuments(top, tuple(revisions))
