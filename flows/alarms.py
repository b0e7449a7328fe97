"""Tell alarms, each once, through a block of Prefect that the settings name.

Called at the end of every flow run, and every few minutes by `article-etl watch`, which `article-etl up`
and the stack in Docker run beside everything else: so that it is also heard when no flow runs at all.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from prefect.blocks import notifications as _types  # noqa: F401 - loads the types that blocks may have
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.blocks.webhook import Webhook
from prefect.utilities.asyncutils import run_coro_as_sync

from etl.configuration import Configuration
from etl.errors import ArticleEtlError, StoreError
from etl.load.alarms import ToldAlarms
from etl.load.runs import Runs
from etl.load.store import Store
from etl.watch.alarms import Alarm, find_alarms
from flows.mail import Mail

log = logging.getLogger("etl.alarms")


class AlarmError(ArticleEtlError):
    """An alarm could not be told. Never carries the block's address."""


def offer_blocks() -> None:
    """Bring our own type of block, `mail`, to the server, so that its UI has the form for it."""
    run_coro_as_sync(Mail.aregister_type_and_schema())


def watch(configuration: Configuration, store: Store) -> list[Alarm]:
    """Look at what is wrong, and tell what was not told yet.

    Returns:
        What was told now.

    Raises:
        StoreError: the store is gone.
        AlarmError: the block cannot be found, or its receiver does not take the message; it is tried
            again at the next look.
    """
    Runs(store).close_dead()
    block = configuration.settings.alarms.block
    if not block:
        return []
    moment = datetime.now(UTC).replace(tzinfo=None)
    alarms = find_alarms(configuration, store, moment)
    if Runs(store).last(1) == []:
        alarms = []  # a store that is new has nothing to be alarmed about
    memory = ToldAlarms(store)
    memory.close_others([alarm.key for alarm in alarms], before=moment)
    told = []
    for alarm in alarms:
        if not memory.open(alarm.key, alarm.text):
            continue
        try:
            tell(block, alarm.kind, alarm.text)
        except Exception:
            memory.untold(alarm.key)
            raise
        memory.told(alarm.key)
        told.append(alarm)
    return told


def watch_after_run(configuration: Configuration, store: Store) -> None:
    """The same at the end of a flow run, whose result it must not change."""
    try:
        watch(configuration, store)
    except (StoreError, AlarmError) as error:
        log.error("alarms could not be told: %s", error)


def tell(name: str, kind: str, text: str) -> None:
    """Send one message through the block of that name, `<type>/<name>`.

    Raises:
        AlarmError: it cannot be sent.
    """
    try:
        run_coro_as_sync(_tell(name, f"article-etl: {kind}", text))
    except AlarmError:
        raise
    except Exception as error:
        # Its text may have the address, and that a secret.
        raise AlarmError(f"block {name}: the message could not be sent ({type(error).__name__})") from None


async def _tell(name: str, subject: str, text: str) -> None:
    try:
        block: Any = await Block.aload(name)
    except ValueError:
        raise AlarmError(
            f"there is no block {name} in Prefect: make it under Blocks in its UI, or mend alarms.block in "
            "config/settings.toml"
        ) from None
    if isinstance(block, Webhook):
        answer = await block.call({"subject": subject, "text": f"{subject}\n{text}"})
        if answer.is_error:
            raise AlarmError(f"block {name}: its receiver answered {answer.status_code}")
    elif isinstance(block, NotificationBlock):
        with block.raise_on_failure():
            await block.notify(body=text, subject=subject)
    else:
        raise AlarmError(f"block {name} is neither a webhook nor a notification")
