"""`python -m flows.cli`, the same as `article-etl`."""

from flows.cli import main

main()
