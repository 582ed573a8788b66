"""Every page in a real browser: no error, nothing that the policy forbids, no other host, no barrier."""

from __future__ import annotations

from itertools import cycle, product
from typing import TYPE_CHECKING

import pytest

from gemini_balance.console.nav import PAGES
from tests.browser.visitor import LOOKS, ROTATED

if TYPE_CHECKING:
    from tests.browser.visitor import Desk, Look
    from tests.e2e.processes import GatewayProcess

OPEN = ("/console/sign-in",)
CLOSED = (*(f"/console{page.path}" for page in PAGES if "{" not in page.path), "/console/password", "/console/nowhere")
ALL = list(product((*OPEN, *CLOSED), LOOKS))
ONCE = list(zip((*OPEN, *CLOSED), cycle(ROTATED), strict=False))


@pytest.fixture(autouse=True, scope="module")
def some_calls(served: GatewayProcess) -> None:
    """So that there is something to see: keys that work, and keys that don't."""
    for n in range(12):
        served.chat(f"Hello {n}")


def _visit(desk: Desk, path: str, look: Look) -> None:
    page = desk.open(look) if path in OPEN else desk.sign_in(look)
    page.goto(path)
    page.wait_for_load_state("load")
    desk.look_over(page)


@pytest.mark.parametrize(("path", "look"), ONCE, ids=lambda value: str(value).replace("/", "."))
def test_a_page_is_without_fault(desk: Desk, path: str, look: Look) -> None:
    _visit(desk, path, look)


@pytest.mark.prove
@pytest.mark.parametrize(("path", "look"), ALL, ids=lambda value: str(value).replace("/", "."))
def test_a_page_is_without_fault_in_every_look(desk: Desk, path: str, look: Look) -> None:
    _visit(desk, path, look)
