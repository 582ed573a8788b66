"""Cached contents: what they need, who may use them, and what using them counts."""

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, MODEL, Client, ask
from tests.unit.simulator.methods.uploading import STRANGER, get

NOON = 1_794_484_800.0  # 2026-11-12T12:00:00Z
LONG: Json = [{"role": "user", "parts": [{"text": "word " * 2000}]}]
PATH = "/v1beta/cachedContents"
WEATHER: Json = [{"functionDeclarations": [{"name": "get_weather"}]}]


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=NOON, clock_speed=0.0)


def create(google: Client, **fields: Json) -> Object:
    body: Object = {"model": f"models/{MODEL}", "contents": LONG, **fields}
    made = google.call("POST", PATH, body, x_goog_api_key=KEY)
    assert made.status == 200, made.body
    return made.json()


def test_a_cache_describes_itself_as_google_does(google: Client) -> None:
    cache = create(google, displayName="story", ttl="300s")
    assert cache == {
        "name": cache["name"],
        "model": f"models/{MODEL}",
        "createTime": "2026-11-12T12:00:00.000000Z",
        "updateTime": "2026-11-12T12:00:00.000000Z",
        "expireTime": "2026-11-12T12:05:00.000000000Z",
        "displayName": "story",
        "usageMetadata": {"totalTokenCount": 2500},
    }
    assert get(google, f"/v1beta/{cache['name']}").json() == cache
    assert get(google, PATH).json() == {"cachedContents": [cache]}


def test_an_answer_counts_what_was_cached(google: Client) -> None:
    cache = create(google, systemInstruction={"parts": [{"text": "Be brief."}]}, tools=WEATHER)
    answer = google.generate(ask("call get_weather", cachedContent=cache["name"])).json()
    usage = answer["usageMetadata"]
    assert isinstance(usage, dict)
    cached = usage["cachedContentTokenCount"]
    assert isinstance(cached, int)
    assert (cache["usageMetadata"], usage["cacheTokensDetails"], usage["promptTokenCount"]) == (
        {"totalTokenCount": cached},
        [{"modality": "TEXT", "tokenCount": cached}],
        cached + 4,
    )
    assert "functionCall" in str(answer["candidates"])
    assert get(google, PATH).status == 200


def test_only_the_project_and_the_model_can_use_it(google: Client) -> None:
    cache = create(google)
    body = ask("hi", cachedContent=cache["name"])
    strange, other = google.generate(body, key=STRANGER), google.generate(body, model="gemini-2.5-flash")
    assert [(reply.status, reply.message()) for reply in (strange, other)] == [
        (403, "CachedContent not found (or permission denied)"),
        (
            400,
            "Model used by GenerateContent request (models/gemini-2.5-flash) and CachedContent "
            f"(models/{MODEL}) has to be the same.",
        ),
    ]
    path = f"/v1beta/{cache['name']}"
    assert [get(google, path, STRANGER).status, get(google, PATH, STRANGER).json()] == [403, {}]


@pytest.mark.parametrize("field", [{"systemInstruction": {"parts": [{"text": "Be brief."}]}}, {"tools": WEATHER}])
def test_a_request_cannot_bring_what_belongs_into_the_cache(google: Client, field: Object) -> None:
    refused = google.generate(ask("hi", cachedContent=create(google)["name"], **field))
    assert refused.status == 400
    assert refused.message().startswith("CachedContent can not be used with GenerateContent request setting")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"model": f"models/{MODEL}", **ask("short")}, 400, "Cached content is too small. total_token_count=2, "),
        ({"model": "models/gemini-9", "contents": LONG}, 404, "models/gemini-9 is not found for API version v1beta, "),
        ({"contents": LONG}, 400, "* CreateCachedContentRequest.cached_content.model: model is required\n"),
        ({"model": f"models/{MODEL}", "contents": LONG, "ttl": "soon"}, 400, "Invalid value at 'ttl'"),
        (
            {"model": f"models/{MODEL}", "contents": LONG, "ttl": "9s", "expireTime": "2026-11-13T12:00:00Z"},
            400,
            "Invalid value at '' (oneof), oneof field 'expiration' is already set. Cannot set 'expireTime'",
        ),
        ({"model": f"models/{MODEL}", "contents": LONG, "expireTime": "2026-11-11T12:00:00Z"}, 400, "expire_time must"),
        ({"model": f"models/{MODEL}", "contents": LONG, "colour": 1}, 400, "Invalid JSON payload received."),
    ],
)
def test_what_cannot_be_cached_is_refused(google: Client, body: Json, status: int, said: str) -> None:
    refused = google.call("POST", PATH, body, x_goog_api_key=KEY)
    assert (refused.status, refused.message()[: len(said)]) == (status, said)


def test_only_its_end_can_be_changed(google: Client) -> None:
    path = f"/v1beta/{create(google)['name']}"
    changes: tuple[tuple[Object, str], ...] = (
        ({"ttl": "60s"}, ""),
        ({"expireTime": "2026-11-12T12:01:00Z"}, "?updateMask=expireTime"),
    )
    for body, query in changes:
        changed = google.call("PATCH", path + query, body, x_goog_api_key=KEY)
        assert (changed.status, changed.json()["expireTime"]) == (200, "2026-11-12T12:01:00.000000000Z")
    refused = google.call("PATCH", f"{path}?updateMask=displayName", {"displayName": "b"}, x_goog_api_key=KEY)
    assert refused.status == 400


def test_it_ends_by_itself_or_by_deletion(google: Client) -> None:
    first, second = (f"/v1beta/{create(google)['name']}" for _ in range(2))
    assert google.call("DELETE", first, x_goog_api_key=KEY).json() == {}
    alive = get(google, second).status
    google.control(advance=3600)
    assert [get(google, first).status, alive, get(google, second).status] == [403, 200, 403]
