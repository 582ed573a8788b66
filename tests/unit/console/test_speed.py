"""A page is on its way in time, however many keys there are."""

from __future__ import annotations

import time

import pytest

from gemini_balance.app import build
from gemini_balance.console.nav import PAGES
from gemini_balance.settings import load
from tests.unit.console.desk import PASSWORD, Desk

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
MOST_SECONDS = 0.3


@pytest.mark.parametrize("path", [f"/console{page.path}" for page in PAGES if "{" not in page.path])
async def test_a_page_over_ten_thousand_keys_is_drawn_in_time(path: str) -> None:
    keys = ",".join(f"AIzaSim-project{n}-1" for n in range(10_000))
    desk = Desk()
    desk.app = build(*load({"AUTH_TOKEN": PASSWORD, "ACCESS_LOG": "false", "API_KEYS": keys})).console
    cookie = {"cookie": await desk.signed_in()}
    began = time.perf_counter()
    shown = await desk.get(path, cookie)
    assert (shown.status, time.perf_counter() - began < MOST_SECONDS) == (200, True)
