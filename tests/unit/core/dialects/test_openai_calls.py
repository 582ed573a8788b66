"""Function calls: their ids, their order, their signatures, and callers with wishes."""

import json
from typing import Any

from gemini_balance.core.call import Call, Operation, Wishes
from gemini_balance.core.dialects import Moment
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.dialects.openai.encoder import ChatEncoder
from gemini_balance.core.gemini.signatures import SignatureStore
from gemini_balance.core.options import Options
from tests.unit.core.dialects.openai_stage import candidate, event


def call(name: str, signature: str = "", **more: Any) -> dict[str, Any]:
    signed = {"thoughtSignature": signature} if signature else {}
    return {"functionCall": {"name": name} | more} | signed


def encoder(
    request_id: str = "1", *, stream: bool = False, store: SignatureStore | None = None, **wishes: Any
) -> ChatEncoder:
    operation = Operation.STREAM if stream else Operation.GENERATE
    made = Call(operation, "m", wishes=Wishes(**wishes))
    return OPENAI.encoder(made, Moment(request_id, 0), Options(), store)


def message(*parts: dict[str, Any], chat: ChatEncoder | None = None) -> Any:
    return json.loads((chat or encoder()).whole(event(candidate(*parts, finish="STOP"))))["choices"][0]["message"]


def ids(told: Any) -> list[str]:
    return [one["id"] for one in told["tool_calls"]]


def chunks(sent: bytes) -> list[Any]:
    return [json.loads(line[6:])["choices"][0] for line in sent.decode().split("\n\n") if line.startswith("data: {")]


def test_ids_that_google_gives_are_kept_and_others_are_ours() -> None:
    assert ids(message(call("f", id="abc"), call("g"), call("h"))) == ["abc", "call_gb_11", "call_gb_12"]


def test_ids_never_repeat_between_requests_or_choices() -> None:
    told = [ids(message(call("f"), call("f"), chat=encoder(request))) for request in ("00a", "00b")]
    assert len({one for some in told for one in some}) == 4
    answer = event(candidate(call("f"), finish="STOP"), candidate(call("f"), finish="STOP", index=1))
    choices = json.loads(encoder().whole(answer))["choices"]
    assert len({ids(choice["message"])[0] for choice in choices}) == 2


def test_an_id_that_google_gives_twice_is_given_once() -> None:
    assert ids(message(call("f", id="abc"), call("g", id="abc"))) == ["abc", "call_gb_11"]


def test_signatures_are_remembered_by_the_calls_id() -> None:
    store = SignatureStore()
    told = message(call("f", "c2ln", id="abc"), call("g", "b25l"), chat=encoder(store=store))
    assert [store.find(one) for one in ids(told)] == ["c2ln", "b25l"]
    assert [one["extra_content"]["google"]["thought_signature"] for one in told["tool_calls"]] == ["c2ln", "b25l"]


def test_a_caller_who_takes_one_call_gets_the_first() -> None:
    told = message(call("f"), call("g"), chat=encoder(parallel=False))
    assert [one["function"]["name"] for one in told["tool_calls"]] == ["f"]


def test_functions_that_google_knows_by_another_name_have_the_callers() -> None:
    told = message(call("a_b"), chat=encoder(renamed={"a_b": "a b"}))
    assert told["tool_calls"][0]["function"]["name"] == "a b"


def test_indices_go_on_over_events_and_the_role_comes_once() -> None:
    chat = encoder(stream=True)
    sent = chat.feed([event(candidate(call("f"), call("g")))]) + chat.feed([event(candidate(call("h")))])
    told = chunks(sent + chat.feed([event(candidate(finish="STOP"))]) + chat.finish(b""))
    assert [one["delta"]["tool_calls"][0]["index"] for one in told[:-1]] == [0, 0, 1, 1, 2, 2]
    assert [one["delta"].get("role") for one in told] == ["assistant", *[None] * 6]
    assert (told[-1]["delta"], told[-1]["finish_reason"]) == ({}, "tool_calls")


def test_a_legacy_caller_is_told_one_function_call() -> None:
    args = {"city": "Paris"}
    told = json.loads(encoder(legacy=True).whole(event(candidate(call("f", args=args), call("g"), finish="STOP"))))
    (choice,) = told["choices"]
    assert choice["message"]["function_call"] == {"name": "f", "arguments": '{"city":"Paris"}'}
    assert ("tool_calls" in choice["message"], choice["finish_reason"]) == (False, "function_call")


def test_a_legacy_caller_of_a_stream_gets_the_arguments_in_a_second_chunk() -> None:
    chat = encoder(stream=True, legacy=True)
    told = chunks(chat.feed([event(candidate(call("f"), finish="STOP"))]) + chat.finish(b""))
    assert [one["delta"].get("function_call") for one in told] == [
        {"name": "f", "arguments": ""},
        {"arguments": "{}"},
        None,
    ]
    assert told[-1]["finish_reason"] == "function_call"


def test_a_call_whose_last_piece_never_came_is_told_as_far_as_it_came() -> None:
    first = {"functionCall": {"name": "f", "willContinue": True}}
    rest = {"functionCall": {"partialArgs": [{"jsonPath": "$.a[0].b", "numberValue": 1}], "willContinue": True}}
    for stream in (False, True):
        chat = encoder(stream=stream)
        said = event(candidate(first, rest, finish="STOP"))
        sent = chat.feed([said]) + chat.finish(b"") if stream else chat.whole(said)
        assert '{\\"a\\":[{\\"b\\":1}]}' in sent.decode()
