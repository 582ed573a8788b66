"""One number for each figure, and what others did meanwhile."""

from bench.runner import figures_of, foreign_cores

SAMPLES = {
    "chat": {
        "nginx": [{"cpu_us": 20.0, "foreign_cores": 0.1}, {"cpu_us": 90.0, "foreign_cores": 0.9}, {"cpu_us": 22.0}],
        "gateway": [{"cpu_us": 80.0, "rps": 3.0}, {"cpu_us": 70.0, "rps": 9.0}, {"cpu_us": 75.0, "rps": 1.0}],
    }
}


def test_the_least_cpu_time_counts_because_others_only_ever_add() -> None:
    assert figures_of(SAMPLES)["chat"]["nginx"]["cpu_us"] == 20.0
    assert figures_of(SAMPLES)["chat"]["gateway"]["cpu_us"] == 70.0


def test_the_median_of_anything_else_forgives_one_bad_repetition() -> None:
    assert figures_of(SAMPLES)["chat"]["gateway"]["rps"] == 3.0
    assert figures_of(SAMPLES)["chat"]["nginx"]["foreign_cores"] == 0.5


def test_the_load_of_others_is_collected_where_it_was_seen() -> None:
    assert foreign_cores(SAMPLES) == [0.1, 0.9]
