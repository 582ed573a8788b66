"""Any conversation gives a request that Google takes, old model or new, or a clear 400."""

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from gemini_balance.core.errors import BadRequest
from tests.unit.core.dialects.test_openai_any_schema import sent

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
MODELS = ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.8-flash", "gemini-4-argon")
texts = st.text(max_size=8) | st.sampled_from(("", "{}", '{"a": 1}', "[1]", "<think>x</think>y", "{"))
ids = st.sampled_from(("call_1", "call_2", "zi06h2mp", "call_gb_1", "call_x__thought__EgQKAgEB"))
parts = (
    st.builds(lambda text: {"type": "text", "text": text}, texts)
    | st.just({"type": "image_url", "image_url": {"url": PIXEL}})
    | st.just({"type": "reasoning", "text": "hm"})
)
contents = texts | st.lists(parts, max_size=3)
signatures = st.none() | st.just({"google": {"thought_signature": "EgQKAgEB"}})
calls = st.builds(
    lambda id_, name, arguments, extra: {
        "id": id_,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
        "extra_content": extra,
    },
    ids,
    st.sampled_from(("f", "g", "no name")),
    texts,
    signatures,
)


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What comes after one another: a question, an answer, or calls with their results in some order."""
    kind = draw(st.sampled_from(("user", "system", "developer", "assistant", "calls")))
    if kind != "calls":
        return [{"role": kind, "content": draw(contents), "extra_content": draw(signatures)}]
    asked = draw(st.lists(calls, min_size=1, max_size=3, unique_by=lambda call: str(call["id"])))
    results = [{"role": "tool", "tool_call_id": call["id"], "content": draw(contents)} for call in asked]
    said = {"role": "assistant", "content": draw(st.none() | contents), "tool_calls": asked}
    return [said, *draw(st.permutations(results))]


conversations = st.lists(steps(), min_size=1, max_size=6).map(lambda made: [one for step in made for one in step])
tools = [{"type": "function", "function": {"name": name}} for name in ("f", "no name")]


@given(conversations, st.sampled_from(MODELS), st.sampled_from((None, tools)))
@settings(max_examples=400, deadline=None)
def test_a_conversation_as_clients_write_it_is_always_taken(messages: list[Any], model: str, tools: Any) -> None:
    body = sent(model, messages=messages, tools=tools)
    answered = [
        part["functionResponse"] for turn in body["contents"] for part in turn["parts"] if "functionResponse" in part
    ]
    assert len(answered) == sum(message["role"] == "tool" for message in messages)


@given(st.lists(steps(), min_size=1, max_size=5), st.sampled_from(MODELS), st.randoms())
@settings(max_examples=200, deadline=None)
def test_a_conversation_in_disorder_is_taken_or_refused_clearly(made: Any, model: str, dice: Any) -> None:
    messages = [one for step in made for one in step]
    dice.shuffle(messages)
    try:
        sent(model, messages=messages)
    except BadRequest as refused:
        event("refused")
        named(refused)


def named(refused: BadRequest) -> None:
    assert (refused.param or "").startswith("messages[")
