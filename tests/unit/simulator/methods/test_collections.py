"""Collections that are plain data, and tuned models."""

import pytest

from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.methods.collections import COLLECTIONS, Collection
from tests.unit.simulator.client import KEY, Client, ask, at
from tests.unit.simulator.methods.uploading import STRANGER, get

TOP = [collection for collection in COLLECTIONS if "{" not in collection.path and "create" in collection.verbs]
BODIES: dict[str, Object] = {"corpora": {"displayName": "Mine"}}
TUNING: Object = {
    "displayName": "My tuned",
    "baseModel": "models/gemini-2.5-flash",
    "tuningTask": {"trainingData": {"examples": {"examples": [{"textInput": "a", "output": "b"}]}}},
}


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=1_794_484_800.0, clock_speed=0.0)


@pytest.mark.parametrize("collection", TOP, ids=lambda collection: collection.path)
def test_every_collection_is_made_listed_shown_and_forgotten(google: Client, collection: Collection) -> None:
    body = BODIES.get(collection.path, {"description": "mine"})
    made = google.call("POST", f"/v1beta/{collection.path}", body, x_goog_api_key=KEY).json()
    path = f"/v1beta/{made.get('name', collection.path + '/' + str(made.get('id')))}"
    assert made.items() >= body.items()
    assert get(google, path).json() == made
    assert get(google, f"/v1beta/{collection.path}").json() == {collection.paging.field: [made]}
    assert [get(google, path, STRANGER).status, get(google, f"/v1beta/{collection.path}", STRANGER).json()] == [
        403 if collection.path == "corpora" else 404,
        {},
    ]
    assert google.call("DELETE", path, x_goog_api_key=KEY).json() == {}
    assert get(google, path).status in (403, 404)


@pytest.mark.parametrize("collection", [one for one in TOP if "update" in one.verbs], ids=lambda one: one.path)
def test_what_can_be_changed_is(google: Client, collection: Collection) -> None:
    made = google.call("POST", f"/v1beta/{collection.path}", {"a": 1, "b": 1}, x_goog_api_key=KEY).json()
    path = f"/v1beta/{collection.path}/{made['id']}"
    google.control(advance=60)
    changed = google.call("PATCH", f"{path}?update_mask=a", {"a": 2, "b": 2}, x_goog_api_key=KEY).json()
    assert changed == made | {"a": 2, "update_time": "2026-11-12T12:01:00.000000Z"}


def test_an_agent_brings_its_own_name_once(google: Client) -> None:
    first, second = (google.call("POST", "/v1beta/agents", {"id": "mine"}, x_goog_api_key=KEY) for _ in range(2))
    assert (first.json(), second.status) == ({"id": "mine"}, 409)


def test_permissions_belong_to_their_corpus(google: Client) -> None:
    corpus = google.call("POST", "/v1beta/corpora", {"displayName": "Mine"}, x_goog_api_key=KEY).json()["name"]
    body: Json = {"role": "READER", "granteeType": "EVERYONE"}
    made = google.call("POST", f"/v1beta/{corpus}/permissions", body, x_goog_api_key=KEY).json()
    assert made == {"name": made["name"], "role": "READER", "granteeType": "EVERYONE"}
    assert get(google, f"/v1beta/{corpus}/permissions").json() == {"permissions": [made]}
    assert google.call("DELETE", f"/v1beta/{corpus}", x_goog_api_key=KEY).status == 400
    assert google.call("DELETE", f"/v1beta/{corpus}?force=true", x_goog_api_key=KEY).status == 200
    assert get(google, f"/v1beta/{made['name']}").status == 404
    assert google.call("POST", "/v1beta/corpora/none/permissions", body, x_goog_api_key=KEY).status == 404


def test_webhooks_are_pinged_and_get_new_secrets(google: Client) -> None:
    hook = google.call("POST", "/v1beta/webhooks", {"uri": "https://example.com"}, x_goog_api_key=KEY).json()["id"]
    path = f"/v1beta/webhooks/{hook}"
    assert google.call("POST", f"{path}:ping", {}, x_goog_api_key=KEY).json() == {}
    secret = google.call("POST", f"{path}:rotateSigningSecret", {}, x_goog_api_key=KEY).json()["secret"]
    assert str(secret).startswith("whsec_")


def test_a_trigger_has_executions(google: Client) -> None:
    trigger = google.call("POST", "/v1beta/triggers", {"schedule": "daily"}, x_goog_api_key=KEY).json()["id"]
    path = f"/v1beta/triggers/{trigger}/executions"
    made = google.call("POST", path, {"status": "running"}, x_goog_api_key=KEY).json()
    assert get(google, path).json() == {"trigger_executions": [made]}


def test_fields_of_a_declared_shape_are_checked(google: Client) -> None:
    reply = google.call("POST", "/v1beta/corpora", {"colour": "red"}, x_goog_api_key=KEY)
    assert (reply.status, "Cannot find field" in reply.message()) == (400, True)


def test_a_tuned_model_is_created_in_time(google: Client) -> None:
    told = google.call("POST", "/v1beta/tunedModels?tunedModelId=mine", TUNING, x_goog_api_key=KEY).json()
    assert at(told, "metadata", "tunedModel") == "tunedModels/mine"
    early = get(google, "/v1beta/tunedModels/mine").json()
    google.control(advance=5)
    done = get(google, f"/v1beta/{told['name']}").json()
    ready = get(google, "/v1beta/tunedModels").json()
    assert (early["state"], at(ready, "tunedModels", 0, "state"), at(done, "response", "state")) == (
        "CREATING",
        "ACTIVE",
        "ACTIVE",
    )


@pytest.mark.parametrize("action", ["generateContent", "streamGenerateContent?alt=sse"])
def test_a_tuned_model_answers_its_project_under_its_own_name(google: Client, action: str) -> None:
    google.call("POST", "/v1beta/tunedModels?tunedModelId=mine", TUNING, x_goog_api_key=KEY)
    path = f"/v1beta/tunedModels/mine:{action}"
    early = google.call("POST", path, ask("hi"), x_goog_api_key=KEY)
    google.control(advance=5)
    answer = google.call("POST", path, ask("hi"), x_goog_api_key=KEY)
    strange = google.call("POST", path, ask("hi"), x_goog_api_key=STRANGER)
    body = answer.events()[-1] if "alt" in action else answer.json()
    assert (early.status, answer.status, body["modelVersion"]) == (400, 200, "tunedModels/mine")
    assert strange.status == 403
    assert b"You do not have permission to access tuned model tunedModels/mine." in strange.body


def test_a_tuned_model_is_changed_handed_over_and_forgotten(google: Client) -> None:
    google.call("POST", "/v1beta/tunedModels?tunedModelId=mine", TUNING, x_goog_api_key=KEY)
    path = "/v1beta/tunedModels/mine"
    changed = google.call("PATCH", f"{path}?updateMask=description", {"description": "new"}, x_goog_api_key=KEY)
    handed = google.call("POST", f"{path}:transferOwnership", {"emailAddress": "a@b.c"}, x_goog_api_key=KEY)
    assert (changed.json()["description"], handed.json()) == ("new", {})
    assert google.call("DELETE", path, x_goog_api_key=KEY).json() == {}
    assert get(google, path).status == 403


@pytest.mark.parametrize("missing", ["tuningTask", "baseModel"])
def test_a_tuning_needs_examples_and_a_base(google: Client, missing: str) -> None:
    body = {name: value for name, value in TUNING.items() if name != missing}
    assert google.call("POST", "/v1beta/tunedModels", body, x_goog_api_key=KEY).status in (400, 404)


def test_tokens_are_made_in_v1alpha_only(google: Client) -> None:
    body: Json = {"uses": 2, "expireTime": "2026-11-12T13:00:00Z"}
    made = google.call("POST", "/v1alpha/auth_tokens", body, x_goog_api_key=KEY)
    assert (made.status, str(made.json()["name"])[:12]) == (200, "auth_tokens/")
    assert google.call("POST", "/v1beta/auth_tokens", body, x_goog_api_key=KEY).status == 404
