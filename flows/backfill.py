"""The backfill: a range of days, of which only what is missing is loaded, or what failed, or all."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from etl.errors import ConfigError
from etl.model import Days
from etl.pipeline.backfill import Mode, Plan, checked_days, chosen_sources, plan_backfill
from etl.pipeline.job import Job
from etl.pipeline.totals import with_earlier_attempts
from etl.sources import Source
from flows.alarms import watch_after_run
from flows.environment import Environment
from flows.giving_way import GivingWay
from flows.loading import final_state, load_under_prefect, refused
from flows.lost import untold
from flows.plan_report import publish_plan
from flows.report import publish_report
from flows.workshop import Workshop, workshop


@flow(
    name="backfill",
    flow_run_name="backfill {start_date}..{end_date}",
    persist_result=False,
    validate_parameters=True,
)
def backfill(
    start_date: dt.date,
    end_date: dt.date,
    sources: list[str] | None = None,
    mode: Mode = "missing",
    dry_run: bool = False,
) -> State[Any]:
    """Load the days of a range, as far as they are not loaded yet.

    Safe to stop and to start again: what is finished is not taken twice.

    Args:
        start_date: First day. Of sources with a dated path, the dumps of these days are taken; of other
            dumps, the articles that were published on them (UTC).
        end_date: Last day; the same day or a later one.
        sources: Only these sources, by name; all of them when empty.
        mode: missing takes what was never seen, failed, was cut off or changed, or was loaded by older
            rules; failed takes only what failed or was cut off; all loads finished dumps again too.
        dry_run: Only show what would be taken, as the artifact backfill-plan; load nothing.
    """
    try:
        days = checked_days(start_date, end_date)
        with workshop(Environment.read()) as shop:
            chosen = chosen_sources(shop.configuration, sources)
            job = _job(shop, days, mode)
            plan = plan_backfill(chosen, days, mode, job, shop.store, shop.configuration.folder.parent)
            shown: UUID | None = None
            with untold("the plan", plan.summary()):
                shown = publish_plan(plan)
            get_run_logger().info("%s: %s", days, plan.summary())
            if dry_run:
                return Completed(name="DryRun", message=plan.summary(), data=plan.summary())
            return _load(shop, plan, chosen, job, shown)
    except ConfigError as error:
        return refused(error)


def _job(shop: Workshop, days: Days, mode: Mode) -> Job:
    """The job of the current flow run.

    A flow run that is started again, after it gave way or by a person's retry, keeps its job's name and
    moment: its report covers all attempts, and mode `all` does nothing twice.
    """
    # As a nightly of today would judge dates, so that no record is rejected for lying after the range.
    job = shop.job(max(days.last, dt.datetime.now(dt.UTC).date()))
    begun = dt.datetime.now(dt.UTC)
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is not None and run.created is not None:
        begun = run.created
        job = msgspec.structs.replace(job, run=f"{begun:%Y%m%dT%H%M%SZ}-{run.id.hex[-6:]}")
    again = begun.astimezone(dt.UTC).replace(tzinfo=None) if mode == "all" else None
    return msgspec.structs.replace(job, days=days, again=again)


def _load(shop: Workshop, plan: Plan, sources: list[Source], job: Job, shown: UUID | None) -> State[Any]:
    given = {
        "start_date": str(plan.days.first),
        "end_date": str(plan.days.last),
        "sources": [source.name for source in sources],
        "mode": plan.mode,
    }
    with GivingWay() as way:
        report = load_under_prefect(
            shop,
            list(plan.work(sources)),
            job,
            kind="backfill",
            about=str(plan.days),
            parameters=given,
            stop=way.asked,
        )
    if report.interrupted and way.asked():
        way.give_way()
    report = with_earlier_attempts(report, shop.store)
    publish_report(report, f"backfill {plan.days}", shop, plan.days, shown)
    watch_after_run(shop.configuration, shop.store)
    return final_state(report)
