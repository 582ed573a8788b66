"""What is simulated, as a table, one row for each pool."""

from dataclasses import replace

from bench.balance.scenario import (
    FLASH,
    LITE,
    UNLABELLED,
    USUAL,
    Callers,
    Faults,
    Mix,
    Outage,
    Scenario,
    Troubles,
)
from bench.balance.windows import Quota, Shape


def every(rpm: int | None, tpm: int | None = 250_000, rpd: int | None = None) -> tuple[Mix, ...]:
    """The same quota in every project."""
    return (Mix(share=1.0, quotas={FLASH: Quota(rpm=rpm, tpm=tpm, rpd=rpd)}),)


def mixed(*of: tuple[float, int, int | None]) -> tuple[Mix, ...]:
    """Shares of projects with their RPM and TPM."""
    return tuple(Mix(share=share, quotas={FLASH: Quota(rpm=rpm, tpm=tpm)}) for share, rpm, tpm in of)


FREE_TIERS = mixed((0.4, 5, 250_000), (0.4, 10, 250_000), (0.2, 15, None))
ALL_TIERS = mixed((0.3, 5, 250_000), (0.3, 10, None), (0.3, 15, 250_000), (0.1, 60, None))
TWO_MODELS = (
    Mix(share=0.7, quotas={FLASH: Quota(rpm=5, tpm=250_000), LITE: Quota(rpm=15, tpm=250_000)}),
    Mix(share=0.3, quotas={FLASH: Quota(rpm=10), LITE: Quota(rpm=60)}),
)
SICK = Troubles(dead=0.08, suspended=0.04, spent=0.08, unknown=0.08)
AILING = Troubles(dead=0.1, suspended=0.1, spent=0.1)
STORMS = (
    *(Outage(40, 6, 1.0), Outage(120, 10, 0.5), Outage(200, 4, 0.3), Outage(320, 8, 1.0), Outage(360, 12, 0.3)),
    *(Outage(420, 15, 0.7), Outage(480, 5, 1.0), Outage(530, 10, 0.5), Outage(570, 3, 0.9)),
)
LATER_STORMS = tuple(replace(storm, begins=storm.begins + UNLABELLED.warm - USUAL.warm) for storm in STORMS)
QUIET = Faults(broken=0.0, empty=0.0, cut_early=0.0, cut_late=0.0)
LONG = Callers(tokens=6_000.0, spread=1.3)

SCENARIOS = (
    Scenario(name="one", what="one key", keys=1, projects=1, mixes=every(15)),
    Scenario(name="four", what="a key in each of four projects", keys=4, projects=4, mixes=every(10)),
    Scenario(
        name="four-as-one",
        what="four keys that share one project, and nobody said so",
        keys=4,
        projects=1,
        mixes=every(60, None),
        labelled=False,
    ),
    Scenario(name="ten", what="a key in each of ten projects", keys=10, projects=10, mixes=every(15)),
    Scenario(
        name="ten-in-four",
        what="ten keys in four projects, not labelled",
        keys=10,
        projects=4,
        mixes=mixed((0.5, 15, 250_000), (0.5, 60, None)),
        labelled=False,
    ),
    Scenario(
        name="ten-dead",
        what="ten projects, some of them dead, suspended or spent for the day",
        keys=10,
        projects=10,
        mixes=every(15),
        troubles=AILING,
    ),
    Scenario(
        name="ten-long-outage",
        what="a model that refuses everything for 45 seconds, longer than callers wait",
        keys=10,
        projects=10,
        mixes=every(60, None),
        outages=(Outage(400, 45, 1.0),),
    ),
    Scenario(
        name="ten-rich",
        what="ten paid projects with 1,000 requests and four with a token limit that binds",
        keys=10,
        projects=10,
        mixes=mixed((0.6, 60, None), (0.4, 1_000, 250_000)),
    ),
    Scenario(name="forty", what="forty projects of mixed limits", keys=40, projects=40, mixes=ALL_TIERS),
    Scenario(
        name="forty-quiet",
        what="the same while the upstream makes no mistakes",
        keys=40,
        projects=40,
        mixes=ALL_TIERS,
        faults=QUIET,
    ),
    Scenario(
        name="forty-fixed",
        what="the same with minutes that begin on the minute",
        keys=40,
        projects=40,
        mixes=ALL_TIERS,
        shape=Shape.FIXED,
    ),
    Scenario(
        name="forty-storms",
        what="the same with bursts of 503",
        keys=40,
        projects=40,
        mixes=ALL_TIERS,
        outages=STORMS,
    ),
    Scenario(
        name="forty-broken",
        what="the same with three times as many 500s, empty answers and cut streams",
        keys=40,
        projects=40,
        mixes=ALL_TIERS,
        faults=Faults(broken=0.02, empty=0.015, cut_early=0.01, cut_late=0.01),
    ),
    Scenario(
        name="forty-tokens",
        what="forty projects whose token limit binds, long inputs",
        keys=40,
        projects=40,
        mixes=mixed((0.5, 60, 250_000), (0.5, 30, 250_000)),
        callers=LONG,
    ),
    Scenario(
        name="forty-in-ten",
        what="forty keys in ten projects, not labelled, all of them well",
        keys=40,
        projects=10,
        mixes=ALL_TIERS,
        labelled=False,
    ),
    Scenario(
        name="forty-sick",
        what="forty keys in sixteen projects, not labelled; dead, suspended, spent and speechless ones among them",
        keys=40,
        projects=16,
        mixes=ALL_TIERS,
        labelled=False,
        troubles=SICK,
    ),
    Scenario(
        name="forty-day",
        what="forty projects, half of which can't last the day",
        keys=40,
        projects=40,
        mixes=(
            Mix(share=0.5, quotas={FLASH: Quota(rpm=10, tpm=250_000, rpd=40)}),
            Mix(share=0.5, quotas={FLASH: Quota(rpm=15, tpm=250_000)}),
        ),
    ),
    Scenario(
        name="forty-two-models",
        what="two models with quotas of their own, one with bursts of 503",
        keys=40,
        projects=40,
        mixes=TWO_MODELS,
        callers=Callers(models=((FLASH, 0.3), (LITE, 0.7))),
        outages=STORMS,
    ),
    Scenario(
        name="two-hundred",
        what="two hundred projects of mixed limits; one replica and four",
        keys=200,
        projects=200,
        mixes=FREE_TIERS,
        replicas=4,
    ),
    Scenario(
        name="two-hundred-sick",
        what="200 keys in 60 projects, not labelled, with every trouble and bursts of 503; one replica and four",
        keys=200,
        projects=60,
        mixes=ALL_TIERS,
        labelled=False,
        troubles=SICK,
        outages=STORMS + LATER_STORMS,
        replicas=4,
    ),
    Scenario(
        name="two-hundred-shared",
        what="the same, labelled",
        keys=200,
        projects=60,
        mixes=ALL_TIERS,
        troubles=SICK,
        outages=STORMS,
    ),
    Scenario(
        name="thousand",
        what="a thousand keys in 250 projects, not labelled, with dead and spent ones",
        keys=1_000,
        projects=250,
        mixes=FREE_TIERS,
        labelled=False,
        troubles=AILING,
    ),
    Scenario(
        name="thousand-labelled",
        what="a thousand keys in 400 projects, labelled, with bursts of 503; one replica and four",
        keys=1_000,
        projects=400,
        mixes=mixed((0.6, 5, 250_000), (0.4, 10, None)),
        outages=STORMS,
        replicas=4,
    ),
    Scenario(
        name="two-thousand",
        what="two thousand keys in 500 projects, not labelled, with every trouble and bursts of 503",
        keys=2_000,
        projects=500,
        mixes=FREE_TIERS,
        labelled=False,
        troubles=SICK,
        outages=STORMS + LATER_STORMS,
    ),
)
