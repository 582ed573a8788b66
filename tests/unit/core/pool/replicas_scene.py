"""Several pools of the same keys, and what they tell each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.pool import KeyId, KeyPool, KeySpec
from gemini_balance.core.pool.key import Project, Source, domain_of
from gemini_balance.core.pool.lane import EVERYONE
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import GOOD, MODEL, NOW, call, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.pool.facts import Fact

BEAT = 0.25
NAMES = ("north", "south", "east", "west")


def replicas(count: int, *specs: KeySpec | str, rpm: int | None = None, tpm: int | None = None) -> list[KeyPool]:
    """Of the same pool; of each key's project a limit may be told."""
    limits = {MODEL: {EVERYONE: Limits(rpm=rpm, tpm=tpm)}} if rpm or tpm else {}
    pools = [KeyPool([key(s) if isinstance(s, str) else s for s in specs], told_limits=limits) for _ in range(count)]
    for name, pool in zip(NAMES, pools, strict=False):
        pool.share(name, NAMES[:count])
    return pools


def hears(pool: KeyPool, facts: Sequence[Fact], now: float = NOW, times: int = 1) -> None:
    for _ in range(times):
        pool.hear(now, facts)


def beat(pools: list[KeyPool], now: float = NOW) -> None:
    """All tell, and hear at once."""
    told = [(pool, pool.tell(now)) for pool in pools]
    for origin, facts in told:
        for pool in pools:
            if pool is not origin:
                pool.hear(now, facts)


def used(pool: KeyPool, name: str = "a") -> tuple[int, int, int]:
    """Requests and tokens of the minute, requests of the day, of this key's project."""
    ledger = pool.lane(MODEL).ledgers.get(domain_of(pool.keys[KeyId(name)]))
    return (ledger.requests, ledger.tokens, ledger.today) if ledger else (0, 0, 0)


def one_waits(pools: list[KeyPool], now: float = NOW) -> None:
    for pool in pools:
        pool.enqueue(now, call())


def owners(pools: list[KeyPool], now: float, name: str = "a") -> list[int]:
    """Which of them hold this key's project to be theirs."""
    ledgers = [pool.lane(MODEL).of(pool.keys[KeyId(name)]) for pool in pools]
    rotas = [pool.lane(MODEL).rota for pool in pools]
    return [n for n, rota in enumerate(rotas) if rota is not None and rota.ours(now, ledgers[n])]


def granted(pools: list[KeyPool], now: float) -> list[int]:
    """Who is served now; all answers are good."""
    served = []
    for number, pool in enumerate(pools):
        for _, lease in pool.grant(now).leases:
            pool.settle(now, lease, GOOD)
            served.append(number)
    return served


def group(pool: KeyPool, *names: str) -> None:
    """These keys are found to share a project."""
    keys = [pool.keys[KeyId(name)] for name in names]
    pool.regroup(NOW, list(keys), [Project("group", Source.INFERRED, keys)])
