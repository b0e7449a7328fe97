"""Serve the deployments in this process until a signal comes, and leave no run behind."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence

from prefect.client.orchestration import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from flows.deployments import LIMIT

POLL_SECONDS = 2.0
"""Between looks for runs that are due. They are cheap: one question to a server on this machine."""

_AFTERGLOW_SECONDS = 15.0
"""How long the process of a run that has its final state may take to end."""


def serve(deployments: Sequence[RunnerDeployment], ready: Callable[[], None]) -> None:
    """Run what is scheduled or asked for, one run at a time, until SIGINT or SIGTERM.

    A run that is under way then has half a minute to end in order, and becomes `Cancelled`. The
    deployments and their schedules stay as they are for the next time.
    """
    asyncio.run(_serve(deployments, ready))


async def _serve(deployments: Sequence[RunnerDeployment], ready: Callable[[], None]) -> None:
    runner = Runner(name="article-etl-up", limit=LIMIT, query_seconds=POLL_SECONDS, pause_on_shutdown=False)
    for deployment in deployments:
        await runner.aadd_deployment(deployment)
    running = asyncio.create_task(runner.start())
    while not (runner.started or running.done()):
        await asyncio.sleep(0.05)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)  # in place of the runner's own
    ready()
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        await _let_finished_runs_end(runner)
        await runner.astop()
    await running


async def _let_finished_runs_end(runner: Runner) -> None:
    """Begin no further run, and wait for the processes of runs that have their final state already.

    Such a process lives on for a second or two, and the runner's stop would call its run cancelled.
    """
    runner._scheduled_run_poller.stopping = True
    deadline = time.monotonic() + _AFTERGLOW_SECONDS
    async with get_client() as client:
        while (runs := runner._process_manager.flow_run_ids()) and time.monotonic() < deadline:
            states = [(await client.read_flow_run(run)).state for run in runs]
            if not all(state is not None and state.is_final() for state in states):
                return
            await asyncio.sleep(0.1)
