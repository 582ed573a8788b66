"""A fake Google: the Gemini API on a real socket, as strict as the real one, with quotas and faults on demand.

    config = SimulatorConfig(projects={"amber": Project(quotas={"*": Quota(rpm=10)})})
    with serve_in_thread(config) as google:
        requests.post(f"{google.url}/v1beta/models/gemini-3.6-flash:generateContent", …)

README.md in this folder has the naming scheme of keys, the directives that a prompt may hold, and the control
endpoints.
"""

from gemini_balance.simulator.app import Simulator, app
from gemini_balance.simulator.config import (
    FREE_TIER,
    UNLIMITED,
    Fault,
    Key,
    Pace,
    Project,
    Quota,
    Resources,
    SimulatorConfig,
    Window,
    demo,
    demo_keys,
)
from gemini_balance.simulator.server import RunningSimulator, serve, serve_in_thread

__all__ = [
    "FREE_TIER",
    "UNLIMITED",
    "Fault",
    "Key",
    "Pace",
    "Project",
    "Quota",
    "Resources",
    "RunningSimulator",
    "Simulator",
    "SimulatorConfig",
    "Window",
    "app",
    "demo",
    "demo_keys",
    "serve",
    "serve_in_thread",
]
