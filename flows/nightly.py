"""The nightly run: what is new of every source, loaded and reported."""

import datetime as dt
from zoneinfo import ZoneInfo

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from etl.configuration import Configuration
from etl.extract.find import find_dumps
from etl.model import Days
from etl.pipeline.backfill import chosen_sources
from etl.pipeline.job import LoadReport
from etl.pipeline.listing import Listing
from flows.alarms import watch_after_run
from flows.environment import Environment
from flows.loading import Work, final_state, load_under_prefect
from flows.report import publish_report
from flows.workshop import workshop


def scheduled_day(zone: str) -> dt.date:
    """The day of the current flow run's scheduled time in that zone (Prefect keeps it in UTC)."""
    moment = flow_run.get_scheduled_start_time() or dt.datetime.now(dt.UTC)
    return moment.astimezone(ZoneInfo(zone)).date()


def _name() -> str:
    day = flow_run.get_parameters().get("date")
    return f"nightly {day}" if day else f"nightly {flow_run.get_scheduled_start_time():%Y-%m-%d %H:%M} UTC"


@flow(name="nightly", flow_run_name=_name, persist_result=False, validate_parameters=True)
def nightly(date: dt.date | None = None, sources: list[str] | None = None) -> State[LoadReport]:
    """Load what is new since the last run.

    Args:
        date: The day to load; the day that the run was scheduled for when empty. Sources with a dated
            path give the dumps of that day, others those that are not finished yet.
        sources: Only these sources; all of them when empty.
    """
    log = get_run_logger()
    with workshop(Environment.read()) as shop:
        configuration = shop.configuration
        day = date or scheduled_day(configuration.settings.schedule.timezone)
        work = find_work(configuration, day, sources)
        log.info("%s: %d sources", day, len(work))
        given = {"date": str(date) if date else None, "sources": sources}
        report = load_under_prefect(
            shop, work, shop.job(day), kind="nightly", about=str(day), parameters=given
        )
        publish_report(report, f"nightly {day}", shop, Days(day, day))
        watch_after_run(configuration, shop.store)
        return final_state(report)


def find_work(configuration: Configuration, day: dt.date, sources: list[str] | None) -> Work:
    """The dumps of that day, source by source.

    Raises:
        ConfigError: a source that is not configured.
    """
    root = configuration.folder.parent
    return [
        (source, Listing(find_dumps(source.paths, day=day, root=root, any_ending=source.format is not None)))
        for source in chosen_sources(configuration, sources)
    ]
