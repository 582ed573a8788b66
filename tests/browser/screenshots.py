"""Pictures of every page, into docs/console: `make screenshots`."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gemini_balance import simulator
from gemini_balance.console import paths
from gemini_balance.console.nav import PAGES
from tests.browser import scenery
from tests.browser.chromium import ABSENT, ARGUMENTS, found
from tests.browser.visitor import PASSWORD, Desk
from tests.e2e.console.visiting import signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

    from tests.browser.visitor import Look
    from tests.e2e.console.visiting import Visitor

FOLDER = Path(__file__).parents[2] / "docs" / "console"
LOOKS: dict[str, Look] = {
    "light": ("en-US", "light", 1280),
    "dark": ("zh-CN", "dark", 1280),
    "phone": ("en-US", "light", 360),
}
"""What stands at the end of the file's name → how it is looked at."""
QUALITY = 80
HIGHEST = 1800  # pixels
SETTLING = 700  # milliseconds
ANSWERED = 30_000  # milliseconds


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
        chosen = scenery.Scenery(served, Path(folder)).furnish()
        visitor = signed_in(served, PASSWORD)
        for action in ("examine", "backup"):
            visitor.post(f"/console/system/{action}", {})
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name, look in LOOKS.items():
            _take(browser, visitor, name, look, chosen)
        browser.close()


def _take(browser: Browser, visitor: Visitor, name: str, look: Look, chosen: Mapping[str, str]) -> None:
    """`chosen`: of pages of which there are many, the address of the one that shows most."""
    desk = Desk(browser, visitor.served.url)
    door = desk.open(look)
    door.goto(paths.SIGN_IN)
    _keep(door, f"sign-in-{name}")
    page = desk.sign_in(look)
    for shown in PAGES:
        page.goto(chosen.get(shown.name) or visitor.address(shown))
        if shown.name == "playground":
            _talk(page)
        page.wait_for_timeout(SETTLING)
        _keep(page, f"{shown.name}-{name}")
    desk.close()


def _talk(page: Page) -> None:
    page.locator("[data-say]").first.click()
    page.locator("[name=send]").click()
    page.locator("[data-route]:not([hidden])").first.wait_for(timeout=ANSWERED)


def _keep(page: Page, name: str) -> None:
    """Whole, but no higher than HIGHEST. Playwright itself writes no WebP."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    wanted = {
        "format": "webp",
        "quality": QUALITY,
        "captureBeyondViewport": True,
        "clip": {"x": 0, "y": 0, "width": width, "height": min(height, HIGHEST), "scale": 1},
    }
    session = page.context.new_cdp_session(page)
    picture = session.send("Page.captureScreenshot", wanted)["data"]
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(picture))
    sys.stdout.write(f"{name}.webp\n")


if __name__ == "__main__":
    main()
