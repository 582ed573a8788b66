"""One Google that keeps what callers make, for all tests of a file; each test begins with no calls made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.resources.small_google import SmallGoogle
from tests.replay.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def running_google() -> Iterator[SmallGoogle]:
    app = SmallGoogle()
    with Loopback(app, lifespan=False) as running:
        app.url = f"http://127.0.0.1:{running.port}"
        yield app


@pytest.fixture
def google(running_google: SmallGoogle) -> SmallGoogle:
    running_google.calls.clear()
    return running_google
