"""Section 5 of the manual, and what it says beside its samples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openai
import pytest

from tests.e2e.manual.checks import CHECKS
from tests.e2e.manual.conftest import PAID
from tests.e2e.processes import TOKEN, control, gateway, requests

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.manual.reading import Section
    from tests.e2e.processes import Answer, GatewayProcess

BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
GOOGLE = {"Content-Type": "application/json", "x-goog-api-key": TOKEN}
DEAD = "AIzaSim-amber-1-dead,AIzaSim-basil-1-suspended,AIzaSim-cedar-1-leaked"
OPENAI = tuple(number for number in CHECKS if number != "3")


def ask(served: GatewayProcess, section: Section) -> Answer:
    """The section's own request; a native one shows its token as Google's clients do."""
    (body,) = section.bodies
    method, path = section.endpoint
    headers = GOOGLE if path.startswith("/gemini/") else BEARER
    return served.request(method, path, json.dumps(body).encode(), headers)


def test_no_living_key_is_503_that_tells_what_the_operator_can_do(
    google: RunningSimulator, sections: dict[str, Section], tmp_path: Path
) -> None:
    with gateway(google, tmp_path, API_KEYS=DEAD) as served:
        answers = [ask(served, sections[number]) for number in OPENAI if number != "2.4"]  # its picture is elsewhere
        native = ask(served, sections["3"])
        client = openai.OpenAI(base_url=f"{served.url}/hf/v1", api_key=TOKEN)
        with client, pytest.raises(openai.InternalServerError) as raised:
            client.chat.completions.create(model="gemini-2.5-flash", messages=[{"role": "user", "content": "Hi"}])
    assert [(one.status, one.json["error"]["code"]) for one in answers] == [(503, "no_available_key")] * len(answers)
    assert {one.headers["x-should-retry"] for one in answers} == {"false"}
    assert (native.status, native.json["error"]["status"]) == (503, "UNAVAILABLE")
    messages = [one.json["error"]["message"] for one in (*answers, native)]
    assert ["operator" in message for message in messages] == [True] * len(messages)
    assert raised.value.status_code == 503


def test_the_operators_choice_makes_every_picture(
    google: RunningSimulator, sections: dict[str, Section], tmp_path: Path
) -> None:
    control(google, projects={"gold": {"paid": True}})
    chosen = "gemini-3-pro-image"
    with gateway(google, tmp_path, PAID_KEY=PAID, CREATE_IMAGE_MODEL=chosen) as served:
        answer = ask(served, sections["2.5"])
    (drew,) = requests(google)
    assert (answer.status, answer.headers["gemini-balance-model"]) == (200, chosen)
    assert f"/models/{chosen}:" in drew["path"]


def test_the_search_that_is_not_switched_on_is_refused_with_what_would_switch_it_on(
    google: RunningSimulator, sections: dict[str, Section], tmp_path: Path
) -> None:
    with gateway(google, tmp_path, SEARCH_MODELS='["gemini-2.5-flash"]') as served:
        answer = ask(served, sections["2.3"])
    assert (answer.status, answer.json["error"]["param"]) == (400, "model")
    assert "SEARCH_MODELS" in answer.json["error"]["message"]
    assert requests(google) == []


def test_the_native_prefix_makes_one_attempt_with_one_key(
    google: RunningSimulator, served: GatewayProcess, sections: dict[str, Section]
) -> None:
    """A failure of Google's is told as it is."""
    control(google, faults=[{"kind": "internal"}])
    answer = ask(served, sections["3"])
    assert (answer.status, answer.json["error"]["status"]) == (500, "INTERNAL")
    assert len(requests(google)) == 1
