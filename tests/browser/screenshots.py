"""Pictures of every page, into docs/console: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gemini_balance import simulator
from gemini_balance.console.nav import PAGES
from tests.browser.chromium import ABSENT, ARGUMENTS, found
from tests.browser.conftest import SICK
from tests.browser.visitor import PASSWORD, Desk
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.visitor import Look
    from tests.e2e.processes import GatewayProcess

FOLDER = Path(__file__).parents[2] / "docs" / "console"
LOOKS: dict[str, Look] = {
    "light": ("en-US", "light", 1280),
    "dark": ("en-US", "dark", 1280),
    "zh": ("zh-CN", "light", 1280),
    "phone": ("en-US", "light", 360),
}
"""What stands at the end of the file's name → how it is looked at."""
MODELS = ("gemini-3.6-flash", "gemini-3.6-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite")
LIMITS = '{"gemini-3.6-flash": {"rpd": 3}, "gemini-2.5-pro": {"rpd": 1000}}'
PROJECTS = ("amber", "basil", "cedar", "fern", "gorse", "heath")


def main() -> None:
    from playwright.sync_api import sync_playwright

    path = found()
    if path is None:
        raise SystemExit(ABSENT)
    FOLDER.mkdir(exist_ok=True)
    keys = [f"AIzaSim-{project}-{n}" for project in PROJECTS for n in (1, 2, 3)]
    settings = {"API_KEYS": ",".join((*keys, *SICK)), "AUTH_TOKEN": PASSWORD, "QUOTA_LIMITS": LIMITS}
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator.serve_in_thread(simulator.demo()) as google,
        gateway(google, Path(folder), **settings) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for n in range(60):
            served.chat(f"Hello {n}", model=MODELS[n % len(MODELS)])
        for name, look in LOOKS.items():
            _take(browser, served, name, look)
        browser.close()


def _take(browser: Browser, served: GatewayProcess, name: str, look: Look) -> None:
    desk = Desk(browser, served.url)
    door = desk.open(look)
    door.goto("/console/sign-in")
    door.screenshot(path=FOLDER / f"sign-in-{name}.png")
    page = desk.sign_in(look)
    for shown in PAGES:
        if "{" in shown.path:
            continue
        page.goto(f"/console{shown.path}")
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{shown.name}-{name}.png", full_page=name == "phone")
        sys.stdout.write(f"{shown.name}-{name}.png\n")
    desk.close()


if __name__ == "__main__":
    main()
