"""Look at unknown dumps and draft the source that would load them, with the evidence for each line.

Nothing is read but a sample, and that by the readers and the normalizer of a load: what a profile says
is what `inspect` and `load` would do.
"""

from etl.profile.draft import Profile, profile

__all__ = ["Profile", "profile"]
