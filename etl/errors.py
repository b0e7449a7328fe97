"""Errors grouped by what the caller must do about them.

| error | the caller |
|---|---|
| :class:`Refusal` | quarantines the record and goes on |
| :class:`DumpError` | fails the dump, keeps what it gave so far, goes on with the next |
| :class:`ConfigError` | stops before anything runs (exit status 2) |
| :class:`StoreError` | stops the run; it can be resumed |
"""

from etl.model import Reason


class ArticleEtlError(Exception):
    """Base of every error that this project raises on purpose."""


class Refusal(ArticleEtlError):  # noqa: N818 - it is a verdict on a record, not a fault of ours
    """A record cannot become an article.

    Raised deep inside a rule and turned into a `Rejection` value at the one place that knows the
    record's position. `detail` names the value and, where there is one, the setting that would help.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class DumpError(ArticleEtlError):
    """A dump cannot be read, or not any further. What it gave before stays loaded."""

    def __init__(self, dump: str, message: str) -> None:
        super().__init__(f"{dump}: {message}")
        self.dump = dump
        self.message = message

    def __reduce__(self) -> tuple[type["DumpError"], tuple[str, str]]:
        # The default would call the class with the joined text alone, and break in another process.
        return DumpError, (self.dump, self.message)


class ConfigError(ArticleEtlError):
    """A configuration file, an option or an environment variable is wrong; the text says which."""


class StoreError(ArticleEtlError):
    """MongoDB refused, for a cause that waiting does not mend. Never carries a URI or a password."""


class StoreUnavailableError(StoreError):
    """MongoDB stayed out of reach for the whole retry budget. The run can be started again."""


class BooksError(ArticleEtlError):
    """The books of a block, a dump or a run do not balance: a fault of ours, never of the data."""
