"""The three rooms put together: plan, chunks, books, runs.

`run.load` is the whole of it; `inspection.inspect_dumps` is the same way with nothing written.
"""
