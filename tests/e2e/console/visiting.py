"""Somebody at a running console, without a browser; and where its pages are."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console import paths
from gemini_balance.console.nav import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gemini_balance.console.page import Page
    from tests.e2e.processes import Answer, GatewayProcess

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 10.0  # seconds
OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Visitor:
    """`cookie`: of the session; empty for nobody."""

    served: GatewayProcess
    cookie: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.served.request("GET", path, headers=self._headers(headers))

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], **headers: str) -> Answer:
        """As a page of ours does."""
        sent = FORM | OWN | headers
        return self.served.request("POST", path, urlencode(fields, doseq=True).encode(), self._headers(sent))

    def read(self, path: str) -> str:
        shown = self.get(path)
        assert shown.status == 200, (path, shown.status)
        return shown.body.decode()

    def shows(self, path: str, *texts: str, tries: int = 100) -> str:
        """The page, as soon as it has all of these: what it shows is read at different moments."""
        for _ in range(tries):
            page = self.read(path)
            if all(text in page for text in texts):
                return page
            time.sleep(0.1)
        raise AssertionError(page)

    def address(self, page: Page) -> str:
        """A call stands in the journal a moment after it was made."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return address(page, self.read)
            except LookupError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**({"Cookie": self.cookie} if self.cookie else {}), **more}


def signed_in(served: GatewayProcess, password: str) -> Visitor:
    answer = Visitor(served).post(paths.SIGN_IN, {"password": password})
    assert answer.status == 303
    return Visitor(served, answer.headers["set-cookie"].partition(";")[0])


def address(page: Page, read: Callable[[str], str], pages: Sequence[Page] = PAGES) -> str:
    """Where this page is. One whose path has names in it, such as a key's own, is where a link leads that stands on the
    page above it or on the overview: nobody would find it otherwise. `read`: a page's HTML. Raises LookupError."""
    if "{" not in page.path:
        return f"{paths.HOME}{page.path}"
    wanted = re.compile(re.sub(r"\\\{.+?\\\}", '[^/?#"]+', re.escape(f"{paths.HOME}{page.path}")))
    fixed = {f"{paths.HOME}{other.path}" for other in pages}
    above = f"{paths.HOME}{page.path.partition('/{')[0]}"
    for place in (above, paths.HOME):
        links: list[str] = re.findall(r'href="([^"?#]+)', read(place)) if place in fixed else []
        if found := next((link for link in links if wanted.fullmatch(link) and link not in fixed), None):
            return found
    raise LookupError(f"nothing on {above} or on the overview leads to a page {page.path}")
