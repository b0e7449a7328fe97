"""Prefect made ready for the worker: a process work pool with limit 1, and the deployments."""

import logging

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.responses import DeploymentResponse

from etl.errors import ArticleEtlError
from etl.settings import ScheduleSettings
from flows.deployments import LIMIT, deploy_to_pool

log = logging.getLogger("stack")


def provision_prefect(client: SyncPrefectClient, pool: str, schedule: ScheduleSettings) -> None:
    """Make the pool and the deployments, or bring them up to date.

    What an operator has paused, pool or deployment, stays paused; the pool's limit is always ours.

    Raises:
        ArticleEtlError: there is a pool of that name for another kind of worker.
    """
    before = client.read_deployments()
    deploy_to_pool(schedule, pool)
    _pause_again(client, before)
    there = client.read_work_pool(pool)
    if there.type != "process":
        raise ArticleEtlError(
            f"the work pool {pool} is of type {there.type}, and the worker is for type process: "
            f"delete that pool in the UI, then start again"
        )
    if there.concurrency_limit != LIMIT:
        client.update_work_pool(pool, WorkPoolUpdate(concurrency_limit=LIMIT))
        log.info("prefect: set the limit of the work pool %s back to %d", pool, LIMIT)
    log.info("prefect: the work pool %s and the deployments are there", pool)
    if there.is_paused:
        log.warning("prefect: the work pool %s is paused: no run starts until it is resumed", pool)


def _pause_again(client: SyncPrefectClient, before: list[DeploymentResponse]) -> None:
    """Deploying anew starts schedules; those that were stopped by hand are stopped again."""
    stopped = [old for old in before if old.paused or (old.schedules and not _active(old))]
    for old in stopped:
        if old.paused:
            client.pause_deployment(old.id)
        if not _active(old):
            for schedule in client.read_deployment_schedules(old.id):
                client.update_deployment_schedule(old.id, schedule.id, active=False)
        log.warning("prefect: the deployment %s is paused, as it was", old.name)


def _active(deployment: DeploymentResponse) -> bool:
    return any(schedule.active for schedule in deployment.schedules)
