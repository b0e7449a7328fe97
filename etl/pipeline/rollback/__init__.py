"""Takes back what a run brought, by the journal: the store is then what the other runs add up to.

Of each key that the run touched, the versions that other runs gave are looked up in the journal, and the
greatest of them stands, also where their records were mere duplicates when they came. The order of steps
makes it safe to kill anywhere and to start again:

1. the run is marked as `rolling_back`, and no load begins from then on,
2. dumps that another run went on with become that run's, and what later versions of a dump left unparsed
   for it is entered as their own,
3. keys, a few at a time: revisions that must be, then articles, then revisions that must not be,
4. the quarantine, 5. the ledger, 6. the run's pages of the journal, 7. the run is `rolled_back`.

Until its pages are gone, each step can be worked out anew, and ends the same.
"""

import msgspec

from etl.errors import ConfigError
from etl.load import undo
from etl.load.entries import now
from etl.load.journal import Journal
from etl.load.runs import Runs
from etl.load.store import Store
from etl.pipeline.rollback.keys import Keys
from etl.pipeline.rollback.rejections import settle_rejections
from etl.pipeline.rollback.whose import Whose


class Rollback(msgspec.Struct, frozen=True):
    """What a rollback does, or did."""

    run: str
    done: bool
    """False for a plan: nothing is changed."""
    removed: int = 0
    """Articles that go: nobody else brought them."""
    reverted: int = 0
    """Articles that become what they would be without the run."""
    kept: int = 0
    """Articles that stay as they are: another run brought the same."""
    revisions_removed: int = 0
    rejections_removed: int = 0
    rejections_reopened: int = 0
    dumps: int = 0
    """Dumps that are due again."""
    handed_over: int = 0
    """Dumps that the run began and another one went on with: they are that one's now."""


def rollback(store: Store, run: str, *, dry_run: bool = True, force: bool = False) -> Rollback:
    """Take back what a run brought, or say what that would change.

    Args:
        store: The store.
        run: The run's id.
        dry_run: Only say so.
        force: Go on although runs on other machines say that they are running.

    Raises:
        ConfigError: there is no such run, or it cannot be taken back now; the text says why.
        StoreError: the store is gone or refuses. Start it again: it goes on where it was.
    """
    before = _check(store, run)
    if not dry_run:
        undo.mark(store, run, "rolling_back")
        under_way = [] if force else undo.others_under_way(store, run)
        if under_way:
            undo.mark(store, run, before)
            raise ConfigError(
                f"run {under_way[0]} is under way: wait for its end or stop it "
                "(or say --force, if you know that it is dead)"
            )
    whose = Whose(store, run, dry_run=dry_run)
    whose.hand_over()
    whose.give_to_heirs()
    keys = Keys(store, whose, dry_run=dry_run)
    keys.settle()
    rejections = settle_rejections(store, whose, dry_run=dry_run)
    if not dry_run:
        _close(store, whose)
    counts = {**keys.counts, **rejections}
    return Rollback(run, done=not dry_run, dumps=len(whose.own), handed_over=len(whose.handed), **counts)


def _check(store: Store, run: str) -> str:
    """The run's state, which lets it be taken back."""
    found = Runs(store).get(run)
    if found is None:
        raise ConfigError(f"no run {run!r} (see: article-etl status)")
    if found.state == "rolled_back":
        raise ConfigError(f"run {run} is rolled back already")
    if found.state_at(now()) == "running":
        raise ConfigError(f"run {run} is under way: stop it first")
    other = undo.other_rollback(store, run)
    if other is not None:
        raise ConfigError(f"finish the rollback of run {other} first: article-etl rollback {other} --yes")
    old = [load["_id"] for load in undo.loads_with(store, run) if not load.get("runs")]
    if old and found.state != "rolling_back":
        raise ConfigError(
            f"run {run} loaded {len(old)} dumps before there was a journal, so nobody knows who else "
            "brought the same; restore a backup, or load them again and roll that run back"
        )
    return found.state


def _close(store: Store, whose: Whose) -> None:
    """The run's dumps are due again; its pages of the journal go; it is rolled back."""
    for load in whose.own:
        undo.take_back(store, load, whose.run)
    journal = Journal(store)
    journal.drop([page.id for page in journal.pages({"run": whose.run})])
    undo.mark(store, whose.run, "rolled_back")


__all__ = ["Rollback", "rollback"]
