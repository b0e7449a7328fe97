"""Which loads need not be done: those that are finished, unless the job wants them done again."""

from collections.abc import Sequence

from etl.load.ledger import Finished, Ledger
from etl.pipeline.job import Job


def finished(ledger: Ledger, job: Job, ids: Sequence[str]) -> dict[str, Finished]:
    """Those of the loads that are finished and stay so."""
    if job.again is not None:
        ledger.reopen(ids, job.again)
    return ledger.finished(ids)
