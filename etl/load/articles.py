"""The sink: batches of articles into the store, each article to its outcome.

Outcomes are decided from a look at the store before anything is written, and never taken from the results
of writes: a write that was repeated meets itself. A key that turns out to have changed since the look is
looked up and decided anew, until every key is settled.
"""

from collections.abc import Callable, Mapping, Sequence

from etl.errors import StoreError
from etl.load.lookup import LookUp, standing_of
from etl.load.merge import Standing, merge
from etl.load.plan import KeyWork, Plan, Result, by_key, letters, make_plan, outcomes_of, prepare
from etl.load.revisions import Revisions
from etl.load.round import Round
from etl.load.store import Store
from etl.model import Candidate, Outcome

Amend = Callable[[str], object]
"""Told the outcomes (as `Plan.letters`) whenever they change, before what they describe is written."""
Recall = Callable[[], str | None]
"""Gives the outcomes as they are entered now, for another loader of the same dump may have amended them."""

MAX_ROUNDS = 200
"""Looks at a key that others keep changing. Each time somebody else got ahead, so this is never reached."""


class ArticleSink:
    """Writes articles, so that of each key the one of greatest rank stands."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._look_up = LookUp(store)

    def plan(self, articles: Sequence[Candidate]) -> Plan:
        """What would become of each article now. Writes nothing.

        Raises:
            StoreError: the server is gone or refuses.
        """
        return make_plan(articles, self._look_up.standing({article.key for article in articles}))

    def apply(
        self,
        plan: Plan,
        *,
        thorough: bool = False,
        intended: str | None = None,
        amend: Amend | None = None,
        recall: Recall | None = None,
    ) -> list[Result]:
        """Write a planned batch.

        Args:
            plan: As `plan` gave it; better not long ago.
            thorough: The batch may have been written in part by an attempt that died.
            intended: The outcomes (`Plan.letters`) that this attempt had decided on; implies `thorough`.
                They hold for every key that it came to write.
            amend: Called before anything is written that these outcomes do not describe.
            recall: Called once something turns out to be written by somebody else who loads the same dump.

        Returns:
            For each article, in order, its outcome, or its rejection where the server refused it.

        Raises:
            StoreError: the server is gone, or refuses for a cause that is no article's own. The batch
                may be written in part, and can be applied again.
        """
        application = _Application(self._store, self._look_up, plan, amend, recall)
        if thorough or intended is not None:
            application.take_up(intended)
        return application.run()


class _Application:
    """One batch on its way into the store."""

    def __init__(
        self, store: Store, look_up: LookUp, plan: Plan, amend: Amend | None, recall: Recall | None
    ) -> None:
        self._store = store
        self._look_up = look_up
        self._revisions = Revisions(store)
        self._plan = plan
        self._outcomes = list(plan.outcomes)
        self._amend = amend
        self._recall = recall
        self._touched: set[str] = set()
        self._written: set[str] = set()
        """Keys of which this attempt wrote the greatest article."""
        self._taken_up: set[str] = set()
        """Keys of which the dead attempt did, and whose outcomes are the ones that it decided."""

    def take_up(self, intended: str | None) -> None:
        """Go on where a dead attempt stopped, which may be anywhere."""
        groups = by_key(self._plan.articles)
        self._touched.update(groups)
        if intended is None:
            return
        decided = dict(enumerate(outcomes_of(intended)))
        stored = {
            # What the server refused cannot be what was written.
            key: [place for place in places if decided.get(place, Outcome.INSERTED) is not None]
            for key, places in groups.items()
        }
        self._taken_up = self._look_up.own(self._plan.articles, stored, self._look_up.with_origin(groups))
        self._adopt([place for key in self._taken_up for place in groups[key]], intended)
        self._tell_if_not(intended)

    def _adopt(self, places: Sequence[int], known: str) -> None:
        """Let articles that others of this dump wrote have the outcomes that those entered before."""
        now = self._recall() if self._recall is not None and places else None
        decided = outcomes_of(known if now is None or len(now) != len(known) else now)
        for place in places:
            if isinstance(self._outcomes[place], Outcome):
                self._outcomes[place] = decided[place] or self._outcomes[place]

    def run(self) -> list[Result]:
        """Write until every key is settled."""
        pending = self._plan.work
        standing: dict[str, Standing] = {}
        for _ in range(MAX_ROUNDS):
            attempt = Round(self._store, self._revisions, self._plan.articles)
            attempt.write([pending[key] for key in sorted(pending)])
            self._touched |= attempt.touched
            standing |= attempt.standing
            if not attempt.again:
                known = {key: one for key, one in standing.items() if key not in self._touched}
                self._revisions.tidy(self._touched, known)
                return self._outcomes
            before = letters(self._outcomes)
            for place, rejection in attempt.refused.items():
                self._outcomes[place] = rejection
            pending = self._decide_again(attempt.again)
            self._tell_if_not(before)
        raise StoreError(
            f"{len(pending)} articles, such as {next(iter(pending))}, changed in the store at each of "
            f"{MAX_ROUNDS} attempts to write them; is something else than this loader writing to it?"
        )

    def _decide_again(self, again: Mapping[str, KeyWork]) -> dict[str, KeyWork]:
        """Look keys up again, and decide anew what is not settled."""
        articles = self._plan.articles
        found = self._look_up.with_origin(again)
        # What we wrote ourselves, in a command whose reply was lost, keeps the outcomes that it had. It may
        # also be another loader of this dump who wrote it.
        own = self._look_up.own(articles, {key: work.places for key, work in again.items()}, found)
        self._adopt(
            [place for key in own - self._written - self._taken_up for place in again[key].places],
            letters(self._outcomes),
        )
        self._written |= own
        pending: dict[str, KeyWork] = {}
        for key, work in again.items():
            stands = standing_of(found[key]) if key in found else None
            first = work.first if key in self._written else stands
            prepared = prepare(key, work.places, first, stands, articles, self._outcomes)
            same = len(prepared.places) == work.planned
            if key not in self._taken_up and not (key in self._written and same):
                group = [articles[place] for place in prepared.places]
                for place, outcome in zip(prepared.places, merge(first, group).outcomes, strict=True):
                    self._outcomes[place] = outcome
            if prepared.writes:
                pending[key] = prepared
        return pending

    def _tell_if_not(self, known: str) -> None:
        if self._amend is not None and (now := letters(self._outcomes)) != known:
            self._amend(now)
