"""The deployments, defined once: served by `article-etl up`, or run by workers of a process pool.

Either way one run at a time: the limit is the runner's or the pool's. (A limit of each deployment does not
keep two of them apart, and a global one that both hold stays taken for five minutes after a kill.)
"""

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from etl.settings import ScheduleSettings
from flows.alarms import offer_blocks
from flows.backfill import backfill
from flows.nightly import nightly
from flows.replay import replay

LIMIT = 1
"""Runs at a time. Loads converge whatever overlaps; this is about the load on the machine."""


def deployments(schedule: ScheduleSettings) -> list[RunnerDeployment]:
    """Nightly on its schedule; backfill and replay by hand. The flows are found by their modules."""
    # By its slug the schedule is known again: one that somebody has paused stays paused.
    cron = Cron(schedule.cron, timezone=schedule.timezone, slug="nightly")
    module = EntrypointType.MODULE_PATH
    return [
        RunnerDeployment.from_flow(nightly, "nightly", schedule=cron, entrypoint_type=module),
        RunnerDeployment.from_flow(backfill, "backfill", entrypoint_type=module),
        RunnerDeployment.from_flow(replay, "replay", entrypoint_type=module),
    ]


def deploy_to_pool(schedule: ScheduleSettings, pool: str) -> None:
    """Bring a process work pool with our limit, the deployments in it and our type of block to the server.

    Doing it again changes nothing but what has changed.
    """
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(pool)
        except ObjectNotFound:
            client.create_work_pool(
                WorkPoolCreate(
                    name=pool,
                    type=ProcessWorker.type,
                    base_job_template=ProcessWorker.get_default_base_job_template(),
                    concurrency_limit=LIMIT,
                )
            )
    offer_blocks()
    for deployment in deployments(schedule):
        deployment.apply(work_pool_name=pool)
