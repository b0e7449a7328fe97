"""Look every few minutes at what is wrong, and tell each alarm once, through the block in the settings.

`article-etl up` does this by itself. Example: article-etl watch --once
"""

import time
from typing import Annotated

import typer

from etl.errors import ConfigError
from flows.cli.console import complain, out
from flows.cli.nightly import own_prefect
from flows.cli.options import read
from flows.signals import stop_on_signals
from flows.watch_loop import watching
from flows.workshop import workshop

Once = Annotated[bool, typer.Option("--once", help="Look once, and end.")]
Test = Annotated[bool, typer.Option("--test", help="Send one message, to see that it arrives, and end.")]


def command(once: Once = False, test: Test = False) -> None:
    environment, configuration = read()
    settings = configuration.settings.alarms
    if not settings.block:
        nowhere = "no alarm goes anywhere: set alarms.block in config/settings.toml"
        if once or test:
            raise ConfigError(nowhere)
        complain(nowhere)  # and close the runs that were killed all the same
    with own_prefect(environment):
        from flows.alarms import tell, watch

        if test:
            tell(settings.block, "test", "If you read this, alarms reach you.")
            out.print(f"sent through {settings.block}", markup=False, highlight=False)
            return
        with workshop(environment, configuration) as shop:
            if once:
                for alarm in watch(configuration, shop.store):
                    out.print(
                        f"told: {alarm.kind}: {alarm.text}", markup=False, highlight=False, soft_wrap=True
                    )
                return
            with stop_on_signals() as stop, watching(shop):
                while not stop():
                    time.sleep(0.5)
