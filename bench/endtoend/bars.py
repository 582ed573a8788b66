"""What must be reached over sockets: what the simulation must reach, less one point."""

from dataclasses import replace

from bench.balance.bars import BARS as SIMULATED
from bench.balance.bars import Bar, Result

ONE_POINT = 0.01
EASED = frozenset({"good ÷ oracle", "good or told", "calls per good ÷ oracle", "cold calls per good"})
AS_THEY_ARE = frozenset({"silent"})


def _eased(bar: Bar) -> Bar:
    return replace(bar, limit=bar.limit - ONE_POINT if bar.at_least else bar.limit + ONE_POINT)


BARS = (
    *(_eased(bar) for bar in SIMULATED if bar.name in EASED),
    *(bar for bar in SIMULATED if bar.name in AS_THEY_ARE),
)


def missed_by(result: Result) -> list[str]:
    """What this line misses."""
    return [words for bar in BARS if (words := bar.missed(result))]
