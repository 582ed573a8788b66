"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with something else is no fault of the code's.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("prove", settings.get_profile("patient"), max_examples=2_000)
settings.load_profile("patient")

CORPUS_ABSENT = "The recorded exchanges are not on this machine; set CORPUS to their folder."


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Rewrite the golden files with what the code does.")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recorded exchanges. Other people's data: it is read where it lies, never copied."""
    folder = Path(os.environ.get("CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    if not (folder / "index.jsonl").is_file():
        pytest.skip(CORPUS_ABSENT)
    return folder
