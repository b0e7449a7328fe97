"""The whole job on the shipped samples: embedded MongoDB, Prefect flow, report.

Example: article-etl demo
"""

import datetime as dt

import msgspec
import typer

from flows.cli.console import out, progress_bar, show_report
from flows.cli.options import read
from flows.environment import SHIPPED, Environment
from flows.prefect_server import prefect_server
from flows.watching import watcher

NAME = "demo"
SAMPLE_DAY = dt.date(2026, 3, 2)
"""The day that the samples end on."""
