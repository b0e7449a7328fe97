"""Which loads need not be done: those that are finished, unless the job wants them done again."""

from collections.abc import Sequence

from etl.load.ledger import Finished, Ledger
from etl.pipeline.job import Job


def finished(ledger: Ledger, job: Job, ids: Sequence[str]) -> dict[str, Finished]:
    """Those of the loads that are finished and stay so.

    A load of some publication days is finished too where the dump is finished as a whole.
    """
    if job.again is not None:
        ledger.reopen(ids, job.again)
        return ledger.finished(ids)
    done = ledger.finished(ids)
    if job.days is None:
        return done
    by_whole = {"/".join(this.split("/")[:3]): this for this in ids if this not in done}
    return done | {by_whole[whole]: each for whole, each in ledger.finished(list(by_whole)).items()}
