"""The report of a run that took several attempts: all of them in one, from the ledger."""

import msgspec

from etl.load.history import loads_of_run
from etl.load.runs import Runs
from etl.load.store import Store
from etl.model import Counts
from etl.pipeline.job import LoadReport, SourceReport
from etl.pipeline.run import record_end


def with_earlier_attempts(report: LoadReport, store: Store) -> LoadReport:
    """The report with what earlier attempts of the same run loaded, also recorded so.

    A dump counts once, as the ledger has it, however many attempts it took. Unchanged where the run's
    own attempt loaded everything that the ledger holds of it.

    Raises:
        StoreError: the store is gone.
    """
    earlier: dict[str, SourceReport] = {}
    for load in loads_of_run(store, report.run):
        if load.state in ("finished", "failed"):
            before = earlier.get(load.source, SourceReport())
            earlier[load.source] = SourceReport(
                counts=before.counts + (load.counts or Counts()),
                loaded=before.loaded + (load.state == "finished"),
            )
    if sum(each.loaded for each in earlier.values()) <= report.loaded:
        return report
    sources = dict(report.sources)
    for name, whole in earlier.items():
        now = sources.get(name, SourceReport())
        # What was done by an earlier attempt of ours is no longer "skipped".
        skipped = max(0, now.skipped - (whole.loaded - now.loaded))
        sources[name] = SourceReport(whole.counts, whole.loaded, skipped, now.failed, now.fields)
    report = msgspec.structs.replace(
        report,
        counts=sum((each.counts for each in sources.values()), Counts()),
        loaded=sum(each.loaded for each in sources.values()),
        skipped=sum(each.skipped for each in sources.values()),
        sources=dict(sorted(sources.items())),
    )
    record_end(Runs(store), report)
    return report
