"""Every recorded OpenAI chat request is carried: what comes out of it, Google takes, old model or new."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gemini_balance.core.call import Call, Inbound, Operation
from gemini_balance.core.catalog.config import config_of
from gemini_balance.core.catalog.route import Route, route_of
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.schema import Blob
from gemini_balance.core.gemini.signatures import SignatureStore
from gemini_balance.core.options import Options
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
KINDS = ("chat.completions", "chat.completions.stream", "openai-chat")
FAMILIES = ("openai", "deepseek", "gemini-openai")
MODELS = ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.8-flash", "gemini-4-argon")
CONFIG = config_of(Options(), frozenset(BY_NAME), date(2026, 11, 15), SignatureStore())
THOUGHTS = re.compile(r"^(\s*<think>.*?</think>)+\s*", re.DOTALL)  # no business of the next turn
PIXEL = Blob("image/gif", "R0lGODlhAQABAAAAACwAAAAAAQABAAA=")
# recording: what can't be carried, and why
OF_OPENAI = "names a file that lies at OpenAI by its id; only its data, or a file of Google's, can be sent"
EXCEPTIONS = {
    "pydantic-ai__test_multimodal_tool_returns__test_multimodal_tool_return_matrix_"
    "direct-uploaded_file-document-openai_chat___01": OF_OPENAI,
    "pydantic-ai__test_multimodal_tool_returns__test_multimodal_tool_return_matrix_"
    "tool_return_content-uploaded_file-document-openai_chat___01": OF_OPENAI,
}


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    for row in map(json.loads, (CORPUS / "index.jsonl").read_text().splitlines()):
        if row["family"] in FAMILIES and row["kind"] in KINDS:
            body = json.loads((CORPUS / row["file"]).read_bytes())["request"].get("body")
            if isinstance(body, dict):
                yield Path(row["file"]).stem, body


def carried(body: dict[str, Any], model: str) -> tuple[Call, Route]:
    """Through decode and route, a pixel standing in for media that would be fetched."""
    sent = json.dumps(body | {"model": model}).encode()
    call = OPENAI.decode(Operation.GENERATE, Inbound("POST", "/v1/chat/completions", b"", {}, sent))
    for media in call.media:
        media.part.inline_data = PIXEL
    return call, route_of(call, CONFIG)


def verdict(name: str, body: dict[str, Any], model: str) -> str:
    try:
        call, route = carried(body, model)
        read_generate(route.body, BY_NAME[model], streamed=call.operation is Operation.STREAM)
    except BadRequest as refused:
        return "excepted" if name in EXCEPTIONS else f"{name}: {refused.param}: {refused.message}"
    except GoogleError as error:
        return f"{name}: Google says: {error.problem.message}"
    lost = said(body) - arrived(json.loads(route.body))
    if lost:
        return f"{name}: lost {dict(lost)}"
    return f"stale exception: {name}" if name in EXCEPTIONS else "carried"


def said(body: dict[str, Any]) -> Counter[str]:
    """What the caller wants to be known, piece by piece."""
    pieces = Counter(f"function {tool['function']['name']}" for tool in body.get("tools") or ())
    for message in body["messages"]:
        content = message.get("content") or ""
        if message["role"] in ("tool", "function"):
            pieces["result"] += 1
        elif isinstance(content, str):
            text = THOUGHTS.sub("", content) if message["role"] == "assistant" else content
            pieces[f"text {text}"] += bool(text)
        for part in content if isinstance(content, list) else ():
            spoken = part.get("text") if message["role"] != "tool" else None
            pieces[f"text {spoken}"] += bool(spoken)
            pieces["media"] += part["type"] not in ("text", "refusal")
        for call in message.get("tool_calls") or ():
            arguments = json.loads(call["function"]["arguments"] or "{}")
            pieces[f"call {call['function']['name']} {json.dumps(arguments, sort_keys=True)}"] += 1
    return +pieces


def arrived(body: dict[str, Any]) -> Counter[str]:
    """The same pieces where Google finds them."""
    declared = [one for tool in body.get("tools") or () for one in tool.get("functionDeclarations", ())]
    pieces = Counter(f"function {one['name']}" for one in declared)
    for content in [body.get("systemInstruction") or {"parts": []}, *body["contents"]]:
        for part in content["parts"]:
            pieces["result"] += "functionResponse" in part
            pieces["media"] += "inlineData" in part or "fileData" in part
            if text := part.get("text"):
                pieces[f"text {text}"] += 1
            if call := part.get("functionCall"):
                pieces[f"call {call['name']} {json.dumps(call.get('args', {}), sort_keys=True)}"] += 1
    return pieces


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no recorded traffic at {CORPUS}; CORPUS names its folder")
@pytest.mark.parametrize("model", MODELS)
def test_recorded_requests_are_carried(model: str) -> None:
    verdicts = Counter(verdict(name, body, model) for name, body in requests())
    print(f"{model}: {dict(verdicts)}")
    assert set(verdicts) <= {"carried", "excepted"}
    assert verdicts["carried"] + verdicts["excepted"] > 350
    assert verdicts["excepted"] == len(EXCEPTIONS)
