"""Transform: from a raw record to a normalized article or a rejection. Pure; no I/O."""
