"""Pictures of every page, into docs/console: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gemini_balance import simulator
from gemini_balance.console.nav import PAGES
from tests.browser import scenery
from tests.browser.chromium import ABSENT, ARGUMENTS, found
from tests.browser.visitor import PASSWORD, Desk
from tests.e2e.console.visiting import signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.visitor import Look
    from tests.e2e.console.visiting import Visitor

FOLDER = Path(__file__).parents[2] / "docs" / "console"
LOOKS: dict[str, Look] = {
    "light": ("en-US", "light", 1280),
    "dark": ("en-US", "dark", 1280),
    "zh": ("zh-CN", "light", 1280),
    "phone": ("en-US", "light", 360),
}
"""What stands at the end of the file's name → how it is looked at."""
FIRST = "light"
SHOWN = frozenset({"overview", "keys", "key", "calls", "call"})
"""Pages that are drawn in every look; the others are drawn in the first one."""
SETTLING = 700  # milliseconds
LONGEST = 3600  # pixels from the top


def main() -> None:
    from playwright.sync_api import sync_playwright

    path = found()
    if path is None:
        raise SystemExit(ABSENT)
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator.serve_in_thread(scenery.google()) as google,
        gateway(google, Path(folder), **scenery.settings()) as served,
        sync_playwright() as playwright,
    ):
        scenery.Scenery(served, Path(folder)).furnish()
        visitor = signed_in(served, PASSWORD)
        for action in ("examine", "backup"):
            visitor.post(f"/console/system/{action}", {})
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name, look in LOOKS.items():
            _take(browser, visitor, name, look)
        browser.close()


def _take(browser: Browser, visitor: Visitor, name: str, look: Look) -> None:
    desk = Desk(browser, visitor.served.url)
    door = desk.open(look)
    door.goto("/console/sign-in")
    door.screenshot(path=FOLDER / f"sign-in-{name}.png")
    page = desk.sign_in(look)
    for shown in PAGES:
        if name != FIRST and shown.name not in SHOWN:
            continue
        page.goto(visitor.address(shown))
        page.wait_for_timeout(SETTLING)
        height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
        page.screenshot(
            path=FOLDER / f"{shown.name}-{name}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": look[2], "height": height},
        )
        sys.stdout.write(f"{shown.name}-{name}.png\n")
    desk.close()


if __name__ == "__main__":
    main()
