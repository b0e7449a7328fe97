"""Serve the deployments in this process until a signal comes, and leave no run behind."""

import asyncio
import signal
from collections.abc import Callable, Sequence

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from flows.deployments import LIMIT

POLL_SECONDS = 5.0


def serve(deployments: Sequence[RunnerDeployment], ready: Callable[[], None]) -> None:
    """Run what is scheduled or asked for, one run at a time, until SIGINT or SIGTERM.

    A run that is under way then has half a minute to end in order. The deployments and their schedules
    stay as they are for the next time.
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
        await runner.astop()
    await running
