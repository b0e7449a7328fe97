"""A long backfill gives way to a nightly: both wait for the same slot, and the nightly is the one in a hurry.

Where one run at a time is served, a nightly would wait for hours. So the backfill looks now and then
whether one is waiting; if so, it stops after the batch in hand and goes back into the queue, behind it.
When its turn comes again, the same flow run starts from its plan and takes what is left.
"""

import contextvars
import datetime as dt
import logging
import threading
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import msgspec
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.states import Scheduled

log = logging.getLogger(__name__)

POLL_SECONDS = 10.0
STATE = "GaveWay"
_BEHIND = dt.timedelta(seconds=5)


class Waiting(msgspec.Struct, frozen=True):
    """A flow run that waits."""

    id: UUID
    name: str


class GivingWay:
    """Looks out for a waiting run of another flow, for as long as it is entered.

    Only in a run of a deployment: no other holds a slot. Each waiting run is given way to once, so that
    one which nobody can serve does not keep us from ever going on.
    """

    def __init__(self, to: str = "nightly") -> None:
        """`to` is the name of the flow to give way to."""
        self._to = to
        context = FlowRunContext.get()
        run = context.flow_run if context else None
        self._run: UUID | None = run.id if run is not None and run.deployment_id else None
        self._waiting: Waiting | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def asked(self) -> bool:
        """Whether a run waits for our slot."""
        return self._waiting is not None

    def __enter__(self) -> Self:
        if self._run is not None:
            here = contextvars.copy_context()  # Prefect's settings, with the server's address
            self._thread = threading.Thread(target=here.run, args=(self._watch, self._run), daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=POLL_SECONDS)

    def give_way(self) -> None:
        """Go back into the queue, behind the run that waits. Does not return.

        Raises:
            Pause: as Prefect's engine expects of a run that is to go on later.
        """
        assert self._run is not None and self._waiting is not None  # noqa: S101 - it was asked
        later: State[Any] = Scheduled(
            name=STATE,
            message=f"Goes on after {self._waiting.name} ({self._waiting.id}).",
            scheduled_time=dt.datetime.now(dt.UTC) + _BEHIND,
        )
        with get_client(sync_client=True) as client:
            answer = client.set_flow_run_state(self._run, later, force=True)
        raise Pause(state=answer.state)

    def _watch(self, run: UUID) -> None:
        known: str | None = None
        while self._waiting is None:
            try:
                with get_client(sync_client=True) as client:
                    if known is None:
                        states = client.read_flow_run_states(run)
                        known = " ".join(state.message or "" for state in states if state.name == STATE)
                    self._waiting = _first_waiting(client, self._to, known)
            except Exception as error:
                log.debug("cannot ask whether a %s waits: %s", self._to, error)
            if self._over.wait(POLL_SECONDS):
                return


def _first_waiting(client: SyncPrefectClient, flow: str, known: str) -> Waiting | None:
    runs = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            expected_start_time=FlowRunFilterExpectedStartTime(before_=dt.datetime.now(dt.UTC)),
        ),
    )
    return next((Waiting(run.id, run.name) for run in runs if str(run.id) not in known), None)
