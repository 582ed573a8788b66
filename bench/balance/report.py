"""The results as a table: the same text is printed and written into docs/balancing.md."""

from collections.abc import Callable, Iterable, Sequence
from math import inf

from bench.balance.bars import Result, dead_calls, good_ratio, judge, replicas_good, replicas_price
from bench.balance.figures import Figures
from bench.balance.schedulers import ORACLE, OURS, ROUND_ROBIN
from bench.places import ROOT
from bench.report import NONE, table, write_section

DOCUMENT = ROOT / "docs" / "balancing.md"
MARKERS = "<!-- table:begin -->", "<!-- table:end -->"


def share(value: float | None) -> str:
    """Percent with a digit behind the point."""
    return NONE if value is None else f"{100 * value:.1f}"


def ratio(value: float | None) -> str:
    """Three digits behind the point."""
    return NONE if value is None else "∞" if value == inf else f"{value:.3f}"


def price(value: float | None) -> str:
    """Two digits behind the point."""
    return NONE if value is None else "∞" if value == inf else f"{value:.2f}"


def _of(name: str, figure: Callable[[Figures], float | None]) -> Callable[[Result], float | None]:
    return lambda result: figure(result.figures[name]) if name in result.figures else None


def _if_ours(figure: Callable[[Result], float | None]) -> Callable[[Result], float | None]:
    return lambda result: figure(result) if OURS in result.figures else None


def _calls(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"


COLUMNS: tuple[tuple[str, Callable[[Result], float | None], Callable[[float | None], str]], ...] = (
    ("good %: oracle", _of(ORACLE, lambda f: f.good_share), share),
    ("round robin", _of(ROUND_ROBIN, lambda f: f.good_share), share),
    ("ours", _of(OURS, lambda f: f.good_share), share),
    ("÷ oracle", _if_ours(good_ratio), ratio),
    ("told %", _of(OURS, lambda f: f.told_share), share),
    ("refused %", _of(OURS, lambda f: f.refused_share), share),
    ("calls per good: oracle", _of(ORACLE, lambda f: f.price), price),
    ("round robin", _of(ROUND_ROBIN, lambda f: f.price), price),
    ("ours", _of(OURS, lambda f: f.price), price),
    ("cold", _of(OURS, lambda f: f.cold_price), price),
    ("dead key a day: round robin", _of(ROUND_ROBIN, lambda f: f.dead_calls_a_day), _calls),
    ("ours", _if_ours(dead_calls), _calls),
    ("true times %", _of(OURS, lambda f: f.true_share), share),
    ("4 replicas: good ÷ one's", _if_ours(replicas_good), ratio),
    ("calls ÷ one's", _if_ours(replicas_price), ratio),
)
HEADINGS = ("pool", "load", *(heading for heading, _, _ in COLUMNS), "")


def verdict(missed: Sequence[str] | None) -> str:
    """What the last column says."""
    if missed is None:
        return "no bar"
    return f"**{'; '.join(missed)}**" if missed else "pass"


def line(result: Result, missed: Sequence[str] | None) -> tuple[str, ...]:
    """One row of the table."""
    cells = (written(value(result)) for _, value, written in COLUMNS)
    return (result.scenario.name, f"{result.load:g}", *cells, verdict(missed))


def render(results: Sequence[Result], *, barred: bool) -> str:
    """The table, and what each pool is."""
    missed = judge(results) if barred else dict.fromkeys(range(len(results)))
    lines = [line(result, missed[number]) for number, result in enumerate(results)]
    what = {result.scenario.name: result.scenario.what for result in results}
    explained = "\n".join(f"- **{name}**: {words}." for name, words in what.items())
    return f"{table([HEADINGS, *lines])}\n\n{explained}"


def keep(section: str, *, whole: bool, markers: tuple[str, str] = MARKERS) -> None:
    """Into the page, when nothing is missing from the table."""
    if whole and DOCUMENT.exists():
        write_section(DOCUMENT, section, markers)
    else:
        print("Not the whole table, or no such page: docs/balancing.md stays as it is.")


def conclude(results: Iterable[tuple[Result, Sequence[str] | None]]) -> int:
    """Say what is missed; returns the exit code."""
    missed = [(result, words) for result, words in results if words]
    for result, words in missed:
        print(f"BAR MISSED: {result.scenario.name} at load {result.load:g}: {'; '.join(words)}")
    if not missed:
        print("No bar is missed.")
    return 1 if missed else 0
