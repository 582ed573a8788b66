"""Somebody at the console, and everything that goes wrong before their eyes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PASSWORD = "password-of-the-operator"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES, THEMES, WIDTHS = ("en-US", "zh-CN"), ("light", "dark"), (1440, 820, 360)
LOOKS = tuple(itertools.product(LANGUAGES, THEMES, WIDTHS))
ROTATED = (("en-US", "light", 1440), ("zh-CN", "dark", 360), ("en-US", "dark", 820), ("zh-CN", "light", 1440))
"""A few that have each language, theme and width."""
SERIOUS = frozenset({"serious", "critical"})
EXPECTED = "Failed to load resource: the server responded with a status of 4"  # what a refusal is in the console's log
Look = tuple[str, str, int]


@dataclass
class Desk:
    """One browser window. `troubles` must be empty at the end."""

    browser: Browser
    url: str
    troubles: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, look: Look = ROTATED[0], **options: Any) -> Page:
        language, theme, width = look
        context = self.browser.new_context(
            base_url=self.url,
            locale=language,
            color_scheme=theme,  # type: ignore[arg-type]  # of two that it knows
            viewport={"width": width, "height": 900},
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **options,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._logged)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("dialog", lambda dialog: self.troubles.append(f"a script ran: {dialog.message}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def sign_in(self, look: Look = ROTATED[0], path: str = "/console", **options: Any) -> Page:
        page = self.open(look, **options)
        page.goto(path)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".shell")
        return page

    def look_over(self, page: Page) -> None:
        """What must hold on every page: no barrier, and nothing that has to be scrolled to sideways."""
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for fault in found["violations"]:
            if fault["impact"] in SERIOUS:
                places = [f"{node['target']}: {node['failureSummary']}" for node in fault["nodes"][:3]]
                self.troubles.append(f"axe, {page.url}: {fault['help']} {places}")
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if wide > seen:
            self.troubles.append(f"{page.url} is {wide} px wide and {seen} px are seen")

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.troubles.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.url).netloc:
            self.troubles.append(f"asked another host: {url}")
