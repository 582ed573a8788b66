"""What must be reached over sockets."""

from bench.balance.bars import BARS as SIMULATED
from bench.balance.bars import Result
from bench.balance.figures import Figures
from bench.balance.schedulers import ORACLE, OURS
from bench.balance.windows import Quota
from bench.endtoend.bars import BARS, missed_by
from tests.unit.bench.balance.stage import scenario


def result(load: float, good: float, trips: float) -> Result:
    oracle = Figures(offered=1_000, good=1_000, trips=1_000)
    ours = Figures(offered=1_000, good=good, told=1_000 - good, trips=trips)
    return Result(scenario(Quota(rpm=15)), load, 1, {ORACLE: oracle, OURS: ours})


def test_the_bars_are_the_simulations_less_one_point() -> None:
    assert missed_by(result(0.8, good=985, trips=985 * 1.039)) == []
    assert missed_by(result(0.8, good=984, trips=984 * 1.041)) == [
        "good ÷ oracle 0.984 < 0.985",
        "calls per good ÷ oracle 1.041 > 1.04",
    ]
    assert missed_by(result(3.0, good=960, trips=960 * 1.059)) == []
    assert len(missed_by(result(3.0, good=959, trips=959 * 1.061))) == 2


def test_no_name_of_a_bar_is_forgotten() -> None:
    assert {bar.name for bar in BARS} < {bar.name for bar in SIMULATED}
    assert len(BARS) == 7
