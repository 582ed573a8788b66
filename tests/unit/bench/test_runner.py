"""The median of the repetitions, and what others did meanwhile."""

from bench.runner import foreign_cores, medians

SAMPLES = {
    "chat": {
        "nginx": [{"cpu_us": 20.0, "foreign_cores": 0.1}, {"cpu_us": 90.0, "foreign_cores": 0.9}, {"cpu_us": 22.0}],
        "gateway": [{"cpu_us": 80.0, "rps": 3.0}, {"cpu_us": 70.0}, {"cpu_us": 75.0}],
    }
}


def test_the_median_forgives_one_bad_repetition() -> None:
    assert medians(SAMPLES)["chat"]["nginx"]["cpu_us"] == 22.0
    assert medians(SAMPLES)["chat"]["gateway"] == {"cpu_us": 75.0, "rps": 3.0}


def test_the_load_of_others_is_collected_where_it_was_seen() -> None:
    assert foreign_cores(SAMPLES) == [0.1, 0.9]
