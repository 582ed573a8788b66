"""What a simulator is started with. Every part is plain data, so the control endpoint takes the same as JSON."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class Window(StrEnum):
    """How the minute windows of quotas run."""

    FIXED = "fixed"
    SLIDING = "sliding"


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one (project, quota model). None is unlimited, 0 is no quota at all."""

    rpm: int | None = None
    tpm: int | None = None
    rpd: int | None = None


FREE_TIER = Quota(rpm=10, tpm=250_000, rpd=20)
UNLIMITED = Quota()


class Project(Struct, frozen=True, forbid_unknown_fields=True):
    """A quota domain. `quotas` are by quota model name, `*` for the rest; `error` names what every call meets."""

    number: str = ""
    quotas: dict[str, Quota] = {}
    paid: bool = False
    closed_models: tuple[str, ...] = ()
    unlisted_models: tuple[str, ...] = ()
    error: str = ""

    def quota_of(self, quota_model: str) -> Quota:
        """The limits for a quota model."""
        return self.quotas.get(quota_model, self.quotas.get("*", UNLIMITED))


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that the naming scheme can't describe. `error` names what every call with it meets."""

    project: str
    error: str = ""


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that goes wrong for a share of the calls that match. Empty key, project and model match all.

    kind     a row of errors.NAMED, or a kind of faults.Kind
    rate     0..1, the share of matching calls
    times    how many calls may still meet it; None for ever
    after    events that go out before it strikes (stall, cut_after, error_in_stream)
    seconds  how long (slow, stall)
    error    the row of errors.NAMED that error_in_stream and role_then_error say
    operation  a method of the resources (createFile, getBatch, …) that meets it instead of generation
    """

    kind: str
    rate: float = 1.0
    key: str = ""
    project: str = ""
    model: str = ""
    times: int | None = None
    after: int | None = None
    seconds: float | None = None
    error: str = "overload"
    operation: str = ""


class Pace(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast answers come, in real seconds: before the first byte and between events."""

    first_byte: float = 0.0
    between_events: float = 0.0


class Resources(Struct, frozen=True, forbid_unknown_fields=True):
    """How files, caches, batches and the like behave. Times are in simulated seconds.

    address           what URIs and upload URLs begin with; empty for the address that was called
    chunk             what the pieces of a resumable upload, but for the last, are a multiple of
    upload_life       how long a begun upload can be gone on with
    processing        how long a video stays PROCESSING
    file_life         how long a file exists
    batch             how long a batch takes: pending for the first half, running for the second
    operation         how long an import, a tuning, a video or an interaction in the background takes
    video_bytes       the size of a generated video
    download_uploads  whether uploaded files can be downloaded; Google gives back only generated ones
    """

    address: str = ""
    chunk: int = 8 * 1024 * 1024
    upload_life: float = 7 * 24 * 3600.0
    processing: float = 5.0
    file_life: float = 48 * 3600.0
    batch: float = 10.0
    operation: float = 5.0
    video_bytes: int = 64 * 1024
    download_uploads: bool = True


class SimulatorConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one simulator is.

    keys             secrets outside the naming scheme
    named_keys       accept every key of the naming scheme (README.md)
    projects         by name; a project that is not listed is `default_project`
    window           how minute windows run
    clock_speed      simulated seconds per real second; clock_start the epoch at start, None for today's
    seed             of every dice roll and made-up id
    keep_requests    how many requests `GET /__requests` remembers
    directives       of every prompt that brings none of its own, for clients whose prompts can't be changed
    words            length of an answer's filler text; events the number of stream events it is cut into
    resources        of files, caches, batches and the like
    """

    keys: dict[str, Key] = {}
    named_keys: bool = True
    projects: dict[str, Project] = {}
    default_project: Project = Project()
    window: Window = Window.FIXED
    clock_speed: float = 1.0
    clock_start: float | None = None
    faults: tuple[Fault, ...] = ()
    pace: Pace = Pace()
    seed: int = 1
    keep_requests: int = 100
    directives: str = ""
    words: int = 24
    events: int = 4
    resources: Resources = Resources()


DEMO_PROJECTS = ("amber", "basil", "cedar")
KEYS_PER_PROJECT = 2


def demo() -> SimulatorConfig:
    """Three projects with generous quotas, one of them paid, and a short pause between events: everything works."""
    generous = Project(quotas={"*": Quota(rpm=600, tpm=4_000_000, rpd=20_000)})
    projects = dict.fromkeys(DEMO_PROJECTS, generous) | {DEMO_PROJECTS[-1]: replace(generous, paid=True)}
    return SimulatorConfig(projects=projects, pace=Pace(first_byte=0.05, between_events=0.02))


def demo_keys() -> tuple[str, ...]:
    """The keys that the demo's gateway is given."""
    return tuple(f"AIzaSim-{project}-{n}" for project in DEMO_PROJECTS for n in range(1, KEYS_PER_PROJECT + 1))
