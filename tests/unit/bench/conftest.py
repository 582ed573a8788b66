"""The C programs, built once, and the upstream of one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.bodies import write_bodies
from bench.loadgen import LoadGenerator
from bench.processes import Cores, Server
from bench.toolchain import CannotBuild, build_programs, find_compiler
from bench.upstream import upstream_server


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    try:
        find_compiler()
    except CannotBuild as reason:
        pytest.skip(str(reason))
    return build_programs()


@pytest.fixture
def upstream(programs: dict[str, Path], tmp_path: Path) -> Iterator[Server]:
    server = upstream_server(programs["upstream"], Cores.of_this_machine().driving, tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def load(programs: dict[str, Path], tmp_path: Path) -> LoadGenerator:
    write_bodies(tmp_path)
    return LoadGenerator(programs["loadgen"], Cores.of_this_machine().driving, tmp_path)
