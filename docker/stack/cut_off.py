"""Runs that were cut off with their worker go on, instead of holding the pool's only slot for ever.

A worker that is stopped, or is gone with the machine, takes its run's process along, and nobody tells
the server: the run stays `Running` there, and counts for the pool's limit. When the one worker of the
pool starts, none of its runs can be running. So they are put back into the queue; the ledger knows what
they had finished.
"""

import logging

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed, Scheduled

log = logging.getLogger("stack")

ATTEMPTS = 3
"""Starts of one run. A run that takes the worker down each time, for want of memory, is not to go on."""

_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def take_up(client: SyncPrefectClient, pool: str) -> None:
    """Give every run of the pool that is said to be under way a state that is true."""
    runs = client.read_flow_runs(
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
    )
    for run in runs:
        state = _next(run)
        client.set_flow_run_state(run.id, state, force=True)
        log.warning("prefect: the run %s: %s", run.name, state.message)


def _next(run: FlowRun) -> State[None]:
    if run.state_type is StateType.CANCELLING:
        return Cancelled(message="It was being cancelled when the worker ended.")
    if run.run_count >= ATTEMPTS:
        return Crashed(message=f"The worker ended while it ran, {run.run_count} times; see the worker's log.")
    return Scheduled(name="CutOff", message="The worker ended while it ran. It goes on where it was.")
