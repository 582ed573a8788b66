"""The fake Google with a simulated pool's projects, keys and quotas, as a process of its own.

`python -m bench.endtoend.google PORT CONFIGURATION.json` is that process.
"""

import sys
from pathlib import Path

import msgspec

from bench.balance.fleet import Fleet, Key, Project
from bench.balance.scenario import FLASH, LITE
from bench.balance.simulate import Case
from bench.endtoend.places import our_environment
from bench.processes import Cores, Server, free_port
from gemini_balance import simulator

PROGRAM = "bench.endtoend.google"
STATISTICS = "/__stats"
MODELS = {FLASH: "gemini-2.5-flash", LITE: "gemini-2.5-flash-lite"}


def google_server(case: Case, speed: float, folder: Path) -> Server:
    """A process that is to be started in this folder."""
    port, configuration = free_port(), folder / "google.json"
    configuration.write_bytes(msgspec.json.encode(config_of(case, speed)))
    command = (sys.executable, "-m", PROGRAM, str(port), str(configuration))
    return Server("google", command, port, Cores.of_this_machine().driving, folder, STATISTICS, our_environment())


def config_of(case: Case, speed: float) -> simulator.SimulatorConfig:
    """The fake Google with this pool's projects and quotas; faults come with the prompts."""
    return simulator.SimulatorConfig(
        projects={_name(project): _project(project) for project in case.fleet.projects},
        window=simulator.Window(case.scenario.shape.value),
        clock_speed=speed,
        seed=case.seed,
        keep_requests=0,
    )


def secret_of(key: Key) -> str:
    """What the fake Google knows this key by."""
    return f"AIzaSim-{_name(key.project)}-{key.id.removeprefix('k')}"


def keys_of(fleet: Fleet, *, labelled: bool) -> list[dict[str, str]]:
    """The value of `API_KEYS`."""
    return [{"key": secret_of(key), "project": _name(key.project) if labelled else ""} for key in fleet.keys]


def _name(project: Project) -> str:
    return project.name.replace("projects/", "p")


def _project(project: Project) -> simulator.Project:
    quotas = {
        MODELS[model]: simulator.Quota(rpm=quota.rpm, tpm=quota.tpm, rpd=quota.rpd)
        for model, quota in project.quotas.items()
    }
    return simulator.Project(quotas=quotas)


def main(port: int, configuration: Path) -> None:
    """Serve until a signal ends it."""
    simulator.serve(msgspec.json.decode(configuration.read_bytes(), type=simulator.SimulatorConfig), port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
