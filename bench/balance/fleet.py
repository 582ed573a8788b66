"""The true pool: projects, their quotas and troubles, and the keys that belong to them."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from random import Random

from bench.balance.scenario import Callers, Scenario
from bench.balance.windows import Quota

MOST_KEYS = 8  # of one project
DAILY = 250  # requests a day, where a project is spent for the day and its mix names none


class Trouble(Enum):
    """What is wrong with a whole project."""

    NONE = auto()
    SUSPENDED = auto()
    SPENT = auto()
    UNKNOWN = auto()  # nothing, but its 429 doesn't say what is full


@dataclass(slots=True, eq=False)
class Project:
    """A quota domain."""

    name: str
    quotas: dict[str, Quota]
    trouble: Trouble = Trouble.NONE
    keys: list["Key"] = field(default_factory=list)

    @property
    def living(self) -> bool:
        """Whether anything can come of a call with it."""
        lasting = self.trouble in (Trouble.NONE, Trouble.UNKNOWN)
        return lasting and not all(key.dead for key in self.keys)


@dataclass(slots=True, eq=False)
class Key:
    """One credential."""

    id: str
    project: Project
    dead: bool = False

    @property
    def useless(self) -> bool:
        """Whether every call with it is in vain, whatever the time."""
        return self.dead or self.project.trouble is Trouble.SUSPENDED


@dataclass(frozen=True)
class Fleet:
    """All of them."""

    projects: list[Project]
    keys: list[Key]

    @property
    def living(self) -> list[Project]:
        return [project for project in self.projects if project.living]

    def paces(self, callers: Callers, seconds: float) -> dict[str, float]:
        """Calls a second that the living projects let through, by model."""
        tokens = callers.mean_tokens
        return {
            model: sum(_rate(project.quotas[model], tokens, seconds) for project in self.living)
            for model, _ in callers.models
        }

    def capacity(self, callers: Callers, seconds: float) -> float:
        """The same for all calls together, by the model that is scarcest."""
        paces = self.paces(callers, seconds)
        return min(paces[model] / share for model, share in callers.models)


def _rate(quota: Quota, mean_tokens: float, seconds: float) -> float:
    limits = (
        quota.rpm and quota.rpm / 60.0,
        quota.tpm and quota.tpm / mean_tokens / 60.0,
        quota.rpd and quota.rpd / seconds,
    )
    return min(limit for limit in limits if limit is not None)


def build_fleet(scenario: Scenario, seed: int) -> Fleet:
    """The same scenario and seed give the same fleet."""
    dice = Random(f"fleet {scenario.name} {seed}")
    projects = _projects(scenario, dice)
    _trouble(projects, scenario, dice)
    keys = [Key(f"k{number}", project) for number, project in enumerate(_owners(projects, scenario.keys, dice))]
    for key in keys:
        key.project.keys.append(key)
    _kill(keys, round(scenario.troubles.dead * len(keys)), dice)
    return Fleet(projects, keys)


def _projects(scenario: Scenario, dice: Random) -> list[Project]:
    quotas = [mix.quotas for mix in scenario.mixes for _ in range(round(mix.share * scenario.projects))]
    quotas += [scenario.mixes[-1].quotas] * (scenario.projects - len(quotas))
    dice.shuffle(quotas)
    return [Project(f"projects/{1000 + n}", quotas[n]) for n in range(scenario.projects)]


def _trouble(projects: list[Project], scenario: Scenario, dice: Random) -> None:
    """Each kind hits its share; no project has two."""
    well, shares = dice.sample(projects, len(projects)), scenario.troubles
    kinds = (Trouble.SUSPENDED, shares.suspended), (Trouble.SPENT, shares.spent), (Trouble.UNKNOWN, shares.unknown)
    for trouble, share in kinds:
        for _ in range(round(share * len(projects))):
            project = well.pop()
            project.trouble = trouble
            if trouble is Trouble.SPENT:
                project.quotas = {m: replace(q, rpd=q.rpd or DAILY) for m, q in project.quotas.items()}


def _owners(projects: list[Project], keys: int, dice: Random) -> list[Project]:
    """One key for each project, the others dealt unevenly, in an order that says nothing."""
    assert len(projects) <= keys <= MOST_KEYS * len(projects)
    eager = [dice.random() ** 2 + 0.05 for _ in projects]
    held = [1] * len(projects)
    while (left := keys - sum(held)) > 0:
        for n in dice.choices(range(len(projects)), eager, k=left):
            held[n] += held[n] < MOST_KEYS
    owners = [project for project, count in zip(projects, held, strict=True) for _ in range(count)]
    dice.shuffle(owners)
    return owners


def _kill(keys: list[Key], count: int, dice: Random) -> None:
    """Among keys that would serve; the others are in trouble enough."""
    well = [key for key in keys if key.project.trouble is Trouble.NONE]
    for key in dice.sample(well, min(count, len(well))):
        key.dead = True
