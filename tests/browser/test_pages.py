"""Every page in a real browser: no error, nothing that the policy forbids, no other host, no barrier."""

from __future__ import annotations

from itertools import cycle, product
from typing import TYPE_CHECKING

import pytest

from gemini_balance.console.nav import PAGES
from tests.browser.visitor import LOOKS, PASSWORD, ROTATED
from tests.e2e.console.visiting import signed_in

if TYPE_CHECKING:
    from tests.browser.visitor import Desk, Look
    from tests.e2e.console.visiting import Visitor
    from tests.e2e.processes import GatewayProcess

OPEN = ("/console/sign-in",)
CLOSED = (*(f"/console{page.path}" for page in PAGES), "/console/password", "/console/nowhere")
WITH_NAMES = {f"/console{page.path}": page for page in PAGES if "{" in page.path}
ALL = list(product((*OPEN, *CLOSED), LOOKS))
ONCE = list(zip((*OPEN, *CLOSED), cycle(ROTATED), strict=False))


@pytest.fixture(autouse=True, scope="module")
def some_calls(served: GatewayProcess) -> None:
    """So that there is something to see: keys that work and keys that don't, and a call that failed."""
    for n in range(12):
        served.chat(f"Hello {n}")
    served.chat("Hello", model="nonsense")


@pytest.fixture(scope="module")
def visitor(served: GatewayProcess) -> Visitor:
    return signed_in(served, PASSWORD)


def _visit(desk: Desk, visitor: Visitor, path: str, look: Look) -> None:
    page = desk.open(look) if path in OPEN else desk.sign_in(look)
    page.goto(visitor.address(WITH_NAMES[path]) if path in WITH_NAMES else path)
    page.wait_for_load_state("load")
    desk.look_over(page)


@pytest.mark.parametrize(("path", "look"), ONCE, ids=lambda value: str(value).replace("/", "."))
def test_a_page_is_without_fault(desk: Desk, visitor: Visitor, path: str, look: Look) -> None:
    _visit(desk, visitor, path, look)


@pytest.mark.prove
@pytest.mark.parametrize(("path", "look"), ALL, ids=lambda value: str(value).replace("/", "."))
def test_a_page_is_without_fault_in_every_look(desk: Desk, visitor: Visitor, path: str, look: Look) -> None:
    _visit(desk, visitor, path, look)
