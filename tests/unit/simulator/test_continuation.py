"""Long answers in several replies, by tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.simulator.client import ask
from tests.unit.simulator.test_replies import at, text_of

if TYPE_CHECKING:
    from tests.unit.simulator.client import Client

PROMPT = '[[sim: replies=3 text="one two three"]] go'


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
def test_the_replies_together_are_the_answer(google: Client, streamed: bool) -> None:
    said, reasons, token = "", [], ""
    for _ in range(3):
        body = ask(PROMPT) | ({"continuationToken": token} if token else {})
        told = google.stream(body).events() if streamed else [google.generate(body).json()]
        said += text_of(told)
        reasons.append(at(told[-1], "candidates", 0, "finishReason"))
        token = str(at(told[-1], "candidates", 0, "continuationToken") or "")
    assert (said, reasons, token) == ("one two three", ["CONTINUATION", "CONTINUATION", "STOP"], "")


@pytest.mark.parametrize("key", ["AIzaSim-basil-1", "AIzaSim-cedar-2"])
def test_a_token_serves_its_own_project_only(google: Client, key: str) -> None:
    token = at(google.generate(ask(PROMPT)).json(), "candidates", 0, "continuationToken")
    refused = google.generate(ask(PROMPT) | {"continuationToken": token}, key=key)
    assert (refused.status, refused.message()) == (400, "The continuation token is invalid.")


def test_a_token_of_nobody_is_refused(google: Client) -> None:
    assert google.generate(ask(PROMPT) | {"continuationToken": "nonsense"}).status == 400
