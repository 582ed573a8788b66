"""The results as a table: the same text is printed and written into docs/balancing.md."""

from collections.abc import Callable, Sequence

from bench.balance.bars import Result, good_ratio, price_ratio
from bench.balance.figures import Figures
from bench.balance.report import price, ratio, share, verdict
from bench.balance.schedulers import ORACLE, OURS
from bench.report import table

MARKERS = ("<!-- end-to-end:begin -->", "<!-- end-to-end:end -->")
SIMULATED = "simulated"  # the same core in the simulation, beside the real gateway

Column = tuple[str, Callable[[Result], float | None], Callable[[float | None], str]]


def _of(name: str, figure: Callable[[Figures], float]) -> Callable[[Result], float]:
    return lambda result: figure(result.figures[name])


def _whole(value: float | None) -> str:
    return f"{value:,.0f}"


COLUMNS: tuple[Column, ...] = (
    ("calls", _of(OURS, lambda f: f.offered), _whole),
    ("good %: oracle", _of(ORACLE, lambda f: f.good_share), share),
    ("simulated", _of(SIMULATED, lambda f: f.good_share), share),
    ("gateway", _of(OURS, lambda f: f.good_share), share),
    ("÷ oracle", good_ratio, ratio),
    ("told %", _of(OURS, lambda f: f.told_share), share),
    ("refused %", _of(OURS, lambda f: f.refused_share), share),
    ("calls per good: oracle", _of(ORACLE, lambda f: f.price), price),
    ("simulated", _of(SIMULATED, lambda f: f.price), price),
    ("gateway", _of(OURS, lambda f: f.price), price),
    ("÷ oracle", price_ratio, ratio),
    ("cold", _of(OURS, lambda f: f.cold_price), price),
)
HEADINGS = ("pool", "load", *(heading for heading, _, _ in COLUMNS), "")


def render(lines: Sequence[tuple[Result, list[str] | None]]) -> str:
    """Each result with what it misses; None: it is not judged."""
    return table([HEADINGS, *(_line(result, missed) for result, missed in lines)])


def _line(result: Result, missed: list[str] | None) -> tuple[str, ...]:
    cells = (written(value(result)) for _, value, written in COLUMNS)
    return (result.scenario.name, f"{result.load:g}", *cells, verdict(missed))
