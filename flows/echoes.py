"""A run that failed in order is said so once: by its state, in words."""

import logging


class _Echo(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "exited with unexpected exception" not in record.getMessage()


_ECHO = _Echo()


def silence_the_engines_echo() -> None:
    """Keep a traceback out of the log of a flow run that returns a `Failed` state of its own.

    Prefect's engine turns such a state into an exception once the flow is over, calls that unexpected and
    logs the stack: of its own code, beneath the message that says what to do.
    """
    for name in ("prefect.flow_runs", "prefect.engine"):
        logging.getLogger(name).addFilter(_ECHO)  # once, however often it is asked for
