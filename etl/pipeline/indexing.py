"""The indexes that wait for the end of a first load: built beside its last chunks, not after them.

One thread of the server builds them in one pass over the articles, while the cores of workers that are done
would have nothing to do. What is written meanwhile costs its index entries twice, so it is not begun early.
"""

from threading import Thread

from etl.load.schema import Schema
from etl.load.store import Store

LAST = 0.15
"""Part of a load's bytes that may be left when the build begins."""


class Indexing:
    """Builds indexes at most once, in a thread of its own."""

    def __init__(self, schema: Schema, store: Store) -> None:
        self._schema = schema
        self._store = store
        self._failure: BaseException | None = None
        # A run that fails does not wait for it: the next one builds what is missing.
        self._thread = Thread(target=self._build, name="build indexes", daemon=True)

    def begin(self) -> None:
        """Begin the build, if it is not begun. Does not wait for it."""
        if not self._begun:
            self._thread.start()

    def finish(self) -> None:
        """Return once the indexes are there.

        Raises:
            StoreError: the server is gone or refuses.
        """
        if not self._begun:
            self._schema.finish(self._store)
            return
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    @property
    def _begun(self) -> bool:
        return self._thread.ident is not None

    def _build(self) -> None:
        try:
            self._schema.finish(self._store)
        except BaseException as failure:  # raised where the run waits for it
            self._failure = failure
