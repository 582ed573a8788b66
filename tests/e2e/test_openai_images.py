"""The openai library asks for pictures over sockets."""

from __future__ import annotations

import json
import time
import urllib.request
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.e2e.image_host import Seen, image_host
from tests.e2e.openai_calls import sent
from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway, requests, stats, wait_for_active

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

GEMINI, IMAGEN = "gemini-2.5-flash-image", "imagen-4.0-generate-001"
PAID = "AIzaSim-gold-1"
PNG = b"\x89PNG\r\n\x1a\n"
BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
CAT = {
    "model": "imagen-3.0-generate-002",
    "prompt": "一只在月球上的猫",
    "n": 1,
    "size": "1024x1024",
    "response_format": "url",
}


@pytest.fixture(scope="module")
def rich(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with a key that costs money."""
    with gateway(running_google, tmp_path_factory.mktemp("rich"), PAID_KEY=PAID, MAX_FAILURES="0") as running:
        yield running


@pytest.fixture
def paying(google: RunningSimulator, rich: GatewayProcess) -> GatewayProcess:
    control(google, projects={"gold": {"paid": True}})
    return rich


@pytest.fixture
def client(paying: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{paying.url}/v1", api_key=TOKEN, max_retries=0) as opened:
        yield opened


def made(served: GatewayProcess, prefix: str = "/v1", **fields: Any) -> Any:
    body = {"prompt": "a cat", "model": GEMINI} | fields
    return served.request("POST", f"{prefix}/images/generations", json.dumps(body).encode(), BEARER)


def opened(url: str) -> tuple[bytes, dict[str, str]]:
    """As any browser does it, without a token."""
    with urllib.request.urlopen(url, timeout=10) as reply:
        return reply.read(), {name.lower(): value for name, value in reply.headers.items()}


@pytest.mark.parametrize("fields", [CAT, {key: value for key, value in CAT.items() if key != "response_format"}])
def test_section_2_5_of_the_manual_gives_an_address_that_can_be_opened(
    paying: GatewayProcess, fields: dict[str, Any]
) -> None:
    answer = paying.request("POST", "/hf/v1/images/generations", json.dumps(fields).encode(), BEARER)
    assert answer.status == 200, answer.body
    data, headers = opened(answer.json["data"][0]["url"])
    assert data.startswith(PNG)
    assert (headers["content-type"], headers["x-content-type-options"]) == ("image/png", "nosniff")
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["gemini-balance-model"] == "gemini-3.1-flash-image"
    drew = [one for one in requests(paying.google) if one["method"] == "POST"]  # models are listed meanwhile
    assert {dict(one["headers"])["x-goog-api-key"] for one in drew} == {PAID}


@pytest.mark.parametrize("prefix", ["/v1", "/hf/v1", "/openai/v1"])
@pytest.mark.parametrize("model", [GEMINI, IMAGEN])
def test_five_pictures_come_as_base64(paying: GatewayProcess, prefix: str, model: str) -> None:
    with openai.OpenAI(base_url=paying.url + prefix, api_key=TOKEN, max_retries=0) as client:
        told = client.images.generate(model=model, prompt="a cat", n=5, size="1536x1024", response_format="b64_json")
    assert [b64decode(one.b64_json or "").startswith(PNG) for one in told.data or []] == [True] * 5
    assert len(requests(paying.google)) == (5 if model == GEMINI else 2)


def test_a_picture_is_edited_with_a_mask(paying: GatewayProcess, client: openai.OpenAI) -> None:
    source, mask = ("cat.png", PNG + bytes(24), "image/png"), ("mask.png", PNG + bytes(25), "image/png")
    told = client.images.edit(model=GEMINI, image=[source, source], mask=mask, prompt="add a hat", n=2)
    assert all(opened(one.url or "")[0].startswith(PNG) for one in told.data or [])
    assert len(told.data or []) == 2
    kinds = [next(iter(part)) for part in sent(paying.google)["contents"][0]["parts"]]
    assert kinds == ["inlineData"] * 3 + ["text"] * 2


def test_imagen_edits_no_pictures(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.images.edit(model=IMAGEN, image=("cat.png", PNG + bytes(24), "image/png"), prompt="add a hat")
    assert raised.value.param == "model"


@pytest.mark.parametrize(
    ("model", "prompt"),
    [(GEMINI, "[[sim: finish=IMAGE_SAFETY]]"), (IMAGEN, '[[sim: filtered="Shows a celebrity."]]')],
    ids=["gemini", "imagen"],
)
def test_a_refused_picture_is_a_400_that_says_so(client: openai.OpenAI, model: str, prompt: str) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.images.generate(model=model, prompt=f"a cat {prompt}")
    assert (raised.value.code, raised.value.param) == ("content_policy_violation", "prompt")


def test_without_a_key_that_may_paint_the_operator_is_told_to_set_one(served: GatewayProcess) -> None:
    """The first time by what Google says, the second by what is known since."""
    for answer in (made(served, model=IMAGEN), made(served, model=IMAGEN)):
        assert (answer.status, answer.json["error"]["code"]) == (503, "no_available_key")
        assert "PAID_KEY" in answer.json["error"]["message"]
        assert IMAGEN in answer.json["error"]["message"]


def test_free_keys_without_any_quota_for_pictures_are_told_of_in_the_same_way(
    google: RunningSimulator, tmp_path: Path
) -> None:
    control(google, default_project={"quotas": {"*": {"rpm": 0, "rpd": 0}}})
    with gateway(google, tmp_path) as served:
        for answer in (made(served), made(served)):
            assert (answer.status, answer.json["error"]["code"]) == (503, "no_available_key")
            assert "PAID_KEY" in answer.json["error"]["message"]


def test_without_a_paid_key_the_others_paint(served: GatewayProcess) -> None:
    answer = made(served, response_format="b64_json")
    assert (answer.status, "b64_json" in answer.json["data"][0]) == (200, True)


def test_one_of_several_that_fails_is_asked_again(paying: GatewayProcess) -> None:
    control(paying.google, faults=[{"kind": "internal", "times": 1, "model": GEMINI}])
    answer = made(paying, n=3, response_format="b64_json")
    assert (answer.status, len(answer.json["data"])) == (200, 3)
    assert answer.headers["gemini-balance-attempts"] == "4"


def test_one_of_several_that_fails_for_good_is_one_error(paying: GatewayProcess) -> None:
    control(paying.google, faults=[{"kind": "invalid_argument", "times": 1, "model": GEMINI}])
    assert made(paying, n=3).status == 400


def test_dead_keys_are_503(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS="AIzaSim-amber-1-dead") as served:
        answer = made(served)
    assert (answer.status, answer.json["error"]["code"]) == (503, "no_available_key")


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"n": 11}, "n"), ({"size": "huge"}, "size"), ({"prompt": ""}, "prompt"), ({"stream": True}, "stream")],
)
def test_what_can_not_be_painted_names_its_field(served: GatewayProcess, fields: dict[str, Any], param: str) -> None:
    answer = made(served, **fields)
    assert (answer.status, answer.json["error"]["param"]) == (400, param)
    assert requests(served.google) == []


def test_a_client_that_leaves_ends_all_calls(paying: GatewayProcess) -> None:
    hasty = openai.OpenAI(base_url=f"{paying.url}/v1", api_key=TOKEN, max_retries=0, timeout=1)
    with hasty, pytest.raises(openai.APITimeoutError):
        hasty.images.generate(model=GEMINI, prompt="a cat [[sim: first_ms=20000]]", n=4)
    assert wait_for_active(paying, 0, 5) == 0
    assert stats(paying.google)["aborted_by_client"]["count"] == 4


def test_an_address_survives_a_restart_and_no_change(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        url = made(served).json["data"][0]["url"]
    path = url[url.index("/pictures/") :]
    with gateway(google, tmp_path) as served:
        again = served.request("GET", path)
        page = served.request("GET", path, headers={"Origin": "https://chat.example"})
        changed = served.request("GET", path[:-1] + ("0" if path[-1] != "0" else "1"))
        without = served.request("GET", path.partition("?")[0])
    assert (again.status, again.body.startswith(PNG)) == (200, True)
    assert page.headers["access-control-allow-origin"] == "*"
    assert [changed.status, without.status] == [404, 404]
    assert changed.headers["x-content-type-options"] == "nosniff"


def test_an_address_expires(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, IMAGE_URL_HOURS="0.01") as served:
        url = made(served).json["data"][0]["url"]
        lasting = int(opened(url)[1]["cache-control"].rpartition("=")[2])
    assert 30 <= lasting <= 36


def test_a_picture_that_can_not_be_kept_comes_along(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, IMAGE_STORE_MB="0") as served:
        answer = made(served)
    assert b64decode(answer.json["data"][0]["b64_json"]).startswith(PNG)


def test_the_operators_model_beats_the_asked_one(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, CREATE_IMAGE_MODEL="gemini-3-pro-image") as served:
        answer = made(served, model="dall-e-3", size="2048x2048")
    assert (answer.status, answer.headers["gemini-balance-model"]) == (200, "gemini-3-pro-image")
    assert sent(google)["generationConfig"]["imageConfig"] == {"aspectRatio": "1:1", "imageSize": "2K"}


@pytest.fixture(scope="module")
def host() -> Iterator[Seen]:
    yield from image_host()


@pytest.mark.parametrize(
    ("settings", "address", "header"),
    [
        (
            {"UPLOAD_PROVIDER": "picgo", "PICGO_API_KEY": "chv_1", "PICGO_API_URL": "{}/picgo"},
            "https://host.example/picgo.png",
            ("x-api-key", "chv_1"),
        ),
        (
            {"UPLOAD_PROVIDER": "cloudflare_imgbed", "CLOUDFLARE_IMGBED_URL": "{}/upload"},
            "{}/file/bed.png",
            ("accept", "application/json"),
        ),
    ],
    ids=["picgo", "imgbed"],
)
def test_pictures_are_uploaded_to_the_operators_host(
    google: RunningSimulator,
    tmp_path: Path,
    host: Seen,
    settings: dict[str, str],
    address: str,
    header: tuple[str, str],
) -> None:
    filled = {name: value.format(host.url) for name, value in settings.items()}
    with gateway(google, tmp_path, **filled) as served:
        assert made(served).json["data"][0]["url"] == address.format(host.url)
    _, headers, body = host.uploads[-1]
    assert headers[header[0]] == header[1]
    assert PNG in body


@pytest.mark.parametrize("path", ["/closed", "/odd"])
def test_a_host_that_fails_loses_no_picture(google: RunningSimulator, tmp_path: Path, host: Seen, path: str) -> None:
    settings = {"UPLOAD_PROVIDER": "picgo", "PICGO_API_KEY": "chv_secret", "PICGO_API_URL": f"{host.url}{path}"}
    with gateway(google, tmp_path, **settings) as served:
        assert opened(made(served).json["data"][0]["url"])[0].startswith(PNG)
        time.sleep(0.1)
        log = served.log.read_text()
    assert "image host" in log
    assert "chv_secret" not in log


def test_a_paid_key_that_is_dead_is_told_though_others_live(google: RunningSimulator, tmp_path: Path) -> None:
    """What costs money is not tried with keys that were not meant for it."""
    with gateway(google, tmp_path, PAID_KEY=f"{PAID}-dead") as served:
        answers = [made(served, model=IMAGEN), made(served, model=IMAGEN), served.chat("Hello")]
    for answer in answers[:2]:
        assert (answer.status, answer.json["error"]["code"]) == (503, "no_available_key")
        assert "PAID_KEY" in answer.json["error"]["message"]
    assert answers[2].status == 200
