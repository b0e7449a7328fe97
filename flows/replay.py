"""The replay: quarantined records through the same way once more."""

import datetime as dt
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from etl.errors import ConfigError
from etl.load.quarantine import Quarantine
from etl.model import Reason
from etl.pipeline import replay as core
from flows.alarms import watch_after_run
from flows.environment import Environment
from flows.loading import final_state, refused
from flows.report import Progress, publish_report
from flows.signals import stop_on_signals
from flows.workshop import workshop


def _name() -> str:
    given = flow_run.get_parameters()
    chosen = " ".join(str(given[name]) for name in ("source", "reason") if given.get(name))
    return f"replay {chosen or 'everything'}"


@flow(name="replay", flow_run_name=_name, persist_result=False, validate_parameters=True)
def replay(
    source: str | None = None,
    reason: Reason | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Try rejected records again, after a source's policy was mended: what comes good is loaded.

    Args:
        source: Only records of this source; of all sources when empty.
        reason: Only records rejected for this reason; for any when empty.
        since: Only records rejected on this day or later (UTC).
        until: Only records rejected on this day or earlier (UTC).
        dry_run: Only say what would come of it; write nothing.
    """
    try:
        chosen = core.selection(source, reason, since, until)
        with workshop(Environment.read()) as shop, stop_on_signals() as stop:
            progress = Progress(_name(), Quarantine(shop.store).count(chosen))
            report = core.replay(
                chosen,
                shop.configuration,
                shop.job(),
                shop.store,
                dry_run=dry_run,
                on_report=lambda part: progress.advance(part.size),
                stop=stop,
            )
            if not report.interrupted:
                progress.done()
            publish_report(report, f"{_name()}{', dry run' if dry_run else ''}", shop)
            watch_after_run(shop.configuration, shop.store)
            return final_state(report)
    except ConfigError as error:
        return refused(error)
