"""The arithmetic of the report: ratios, differences, bars and goals."""

import pytest

from bench.bars import ROWS, Compare, Row, Verdict, judge, without_limits

RATIO = Row(scenario="chat", figure="cpu_us", label="chat", unit="µs", compare=Compare.RATIO, bar=10, goal=4)
FLOOR = Row(scenario="abort", figure="ended", label="ended", unit="of 20", bar=20, at_least=True)
JOURNAL = Row(scenario="journal", figure="cpu_us", label="journal", unit="µs", compare=Compare.JOURNAL)
ADDED = Row(scenario="lat", figure="latency_p50_us", label="added", unit="µs", compare=Compare.ADDED)


def row(scenario: str, figure: str) -> Row:
    return next(row for row in ROWS if (row.scenario, row.figure) == (scenario, figure))


def test_a_ratio_is_the_gateway_over_nginx() -> None:
    (verdict,) = judge({"chat": {"nginx": {"cpu_us": 20}, "gateway": {"cpu_us": 150}}}, [RATIO])
    assert verdict.ratio == 7.5
    assert verdict.meets(RATIO.bar) is True
    assert verdict.meets(RATIO.goal) is False


def test_without_nginx_there_is_no_ratio_and_no_verdict() -> None:
    (verdict,) = judge({"chat": {"gateway": {"cpu_us": 150}}}, [RATIO])
    assert (verdict.ratio, verdict.gateway) == (None, 150)
    assert verdict.meets(RATIO.bar) is None


def test_nginx_at_zero_gives_no_ratio() -> None:
    assert Verdict(RATIO, nginx=0.0, gateway=150).ratio is None


@pytest.mark.parametrize(("ended", "met"), [(20, True), (19, False)])
def test_a_floor_is_met_from_above(ended: float, met: bool) -> None:
    assert Verdict(FLOOR, nginx=None, gateway=ended).meets(FLOOR.bar) is met


def test_added_latency_is_what_exceeds_asking_directly() -> None:
    figures = {"direct": 100.0, "nginx": 160.0, "gateway": 350.0}
    taken = {"lat": {target: {"latency_p50_us": value} for target, value in figures.items()}}
    assert judge(taken, [ADDED]) == [Verdict(ADDED, nginx=60.0, gateway=250.0)]


def test_what_the_journal_adds_is_what_a_call_costs_more_with_it() -> None:
    (verdict,) = judge({"journal": {"gateway": {"cpu_us": 180.0}, "journalled": {"cpu_us": 193.0}}}, [JOURNAL])
    assert (verdict.gateway, verdict.nginx, verdict.meets(15)) == (13.0, None, True)


def test_scenarios_that_did_not_run_are_not_reported() -> None:
    assert judge({"chat": {}}, [FLOOR]) == []


def test_a_smoke_test_judges_nothing() -> None:
    assert Verdict(without_limits(RATIO), nginx=1, gateway=1_000).meets(None) is None
    assert (without_limits(RATIO).bar, without_limits(RATIO).goal) == (None, None)


@pytest.mark.parametrize(
    ("scenario", "figure", "bar", "goal"),
    [
        ("start", "start_s", 1, 1),
        ("chat", "cpu_us", 10, 4),
        ("multi", "cpu_us", 12, 5),
        ("burst", "cpu_us_event", 8, 4),
        ("paced", "cpu_us_event", None, 3),
        ("hold", "kb_per_stream", 40, 30),
        ("hold", "held", 1_000, None),
        ("abort", "ended", 20, None),
        ("abort", "ended_ms", 1_000, None),
        ("backpressure", "growth_mb", 10, None),
    ],
)
def test_bars_and_goals_are_those_agreed_upon(scenario: str, figure: str, bar: float, goal: float) -> None:
    assert (row(scenario, figure).bar, row(scenario, figure).goal) == (bar, goal)
