"""Native bytes in = bytes out, both ways, for every recorded exchange: over sockets, through the whole gateway."""

from __future__ import annotations

import asyncio
import http.client
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.replay.loopback import Loopback, RecordedGoogle
from tests.replay.native import (
    DEPARTURES,
    STRICT,
    fits,
    gateway_before,
    headers_of,
    kind_of,
    make_ready,
    path_of,
    reached,
)
from tests.replay.recordings import Recording, exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.app import App


@dataclass
class Stage:
    """The gateway between a caller and a Google that answers from recordings."""

    google: RecordedGoogle
    app: App
    caller: http.client.HTTPConnection

    def play(self, recording: Recording, prefix: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body that a caller of this prefix gets."""
        asyncio.run(make_ready(self.app, recording))
        self.google.answer = (recording.status, recording.content_type, recording.reply)
        self.google.asked.clear()
        self.caller.request(recording.method, path_of(recording, prefix), recording.request, headers_of(recording))
        response = self.caller.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


@pytest.fixture
def stage() -> Iterator[Stage]:
    google = RecordedGoogle()
    with Loopback(google, lifespan=False) as upstream:
        app = gateway_before(upstream.port)
        with Loopback(app, lifespan=True) as gateway:
            caller = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
            yield Stage(google, app, caller)
            caller.close()


@pytest.mark.parametrize("prefix", [STRICT, ""], ids=["strict", "with failover"])
def test_the_callers_bytes_reach_google_and_googles_the_caller(
    stage: Stage, corpus: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counted: Counter[str] = Counter()
    wrong = []
    for recording in exchanges(corpus):
        got, kind = stage.play(recording, prefix), kind_of(recording, prefix)
        counted[kind] += 1
        arrived = reached(kind, stage.google.asked, recording)
        if not arrived or not fits(kind, *got, recording):
            wrong.append((recording.name, kind, arrived, got[0], got[2][-300:]))
    with capsys.disabled():
        print(f"\n{prefix or '/'}: {dict(counted)}, {counted.total() - len(wrong)} of {counted.total()} right")
    assert set(counted) - set(DEPARTURES) == {"answers", "errors of Google's"}
    assert wrong == [], "\n".join(map(str, wrong))
