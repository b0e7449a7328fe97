"""Settings: `config/settings.toml` as typed values. Read once, at the edge; handed inwards."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """How to write. The server's address is no setting: it comes from the environment."""

    batch_records: int = Field(1000, ge=1, le=10_000, description="Most records a write batch holds.")
    batch_bytes: int = Field(
        4 << 20, ge=1 << 16, le=32 << 20, description="Raw bytes after which a batch is closed."
    )
    server_selection_seconds: float = Field(30, gt=0, description="Wait for a usable server.")
    socket_seconds: float = Field(20, gt=0, description="Wait for one reply.")
    write_seconds: float = Field(20, gt=0, description="Wait for a majority to acknowledge.")


class RetrySettings(_Section):
    """The budget for transient store errors, shared by all attempts of one operation."""

    budget_seconds: float = Field(90, gt=0, description="Time after which the run gives up.")
    first_wait_seconds: float = Field(0.25, gt=0, description="Upper bound of the first wait.")
    longest_wait_seconds: float = Field(10, gt=0, description="Upper bound of any wait.")


class Limits(_Section):
    """Caps on what a dump may ask of the machine. Each is named in the message that it causes."""

    record_bytes: int = Field(8 << 20, ge=1024, description="Largest record.")
    feed_bytes: int = Field(32 << 20, ge=1 << 16, description="Largest feed; feeds are read whole.")
    depth: int = Field(100, ge=1, le=180, description="Deepest nesting of a record's values.")
    members: int = Field(50_000, ge=1, description="Most members of an archive.")
    expansion_ratio: int = Field(
        200, ge=1, description="Most decompressed bytes for each compressed byte, after the first MiB."
    )
    expanded_bytes: int = Field(64 << 30, ge=1 << 20, description="Most decompressed bytes of one dump.")
    nested_archives: int = Field(2, ge=0, le=5, description="How deep archives in archives are read.")
    page_tags: int = Field(
        60_000, ge=100, description="Most tags of an HTML page; real ones have a few thousand."
    )
    title_characters: int = Field(2000, ge=10, description="Longest title.")
    extra_bytes: int = Field(64 << 10, ge=0, description="Most bytes of unrecognized fields kept.")


class RunnerSettings(_Section):
    """Where chunks run."""

    kind: Literal["processes", "dask"] = Field(
        "processes", description="Worker processes on this machine, or an existing Dask cluster."
    )
    address: str = Field("", description="The Dask scheduler, such as `tcp://scheduler:8786`.")
    processes: int = Field(0, ge=0, le=256, description="Worker processes; 0 means one per core.")
    chunk_bytes: int = Field(32 << 20, ge=1 << 20, description="About how much of a dump one chunk takes.")

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if self.kind == "dask" and not self.address:
            raise ValueError('kind = "dask" needs `address`, such as "tcp://scheduler:8786"')
        return self


class ScheduleSettings(_Section):
    """When the nightly run starts."""

    cron: str = Field("30 2 * * *", description="Five-field cron expression.")
    timezone: str = Field("UTC", description="IANA zone that the cron expression is in.")


class AlarmSettings(_Section):
    """Who is told when something is wrong. The address and its secrets are in the block, never here."""

    block: str = Field(
        "",
        pattern=r"^$|^[a-z0-9-]+/[a-z0-9-]+$",
        description="Prefect block that alarms are sent through, as `<type>/<name>`, such as "
        "`webhook/on-call`, `mail/on-call` or `slack-webhook/on-call`; nobody is told without it.",
    )
    no_run_hours: float = Field(
        26, gt=0, description="Hours without a finished run after which that is an alarm."
    )
    every_minutes: float = Field(
        10, gt=0, le=1440, description="Minutes between two looks while no flow runs."
    )


class Settings(_Section):
    """Everything in `config/settings.toml`."""

    store: StoreSettings = StoreSettings()
    retry: RetrySettings = RetrySettings()
    limits: Limits = Limits()
    runner: RunnerSettings = RunnerSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    alarms: AlarmSettings = AlarmSettings()
