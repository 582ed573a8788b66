"""Every recorded request that Google answered with 200 is taken here, too."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.models import BY_NAME, Model
from gemini_balance.simulator.validate import read_generate

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
KINDS = ("generateContent", "streamGenerateContent")
# Retired models are judged by a living one of the same generation.
SUCCESSORS = ((re.compile(r"gemini-[12]\."), "gemini-2.5-flash"), (re.compile(""), "gemini-3.1-pro-preview"))
# recording: why we refuse what was answered then
EXCEPTIONS = {
    "js-genai__recordings__Chats_Tests_chats_function_calling_Google_AI_with_function_calling__01": (
        "a call that no response follows, on gemini-2.0-flash, which is retired"
    ),
    "js-genai__recordings__Chats_Tests_chats_function_calling_Google_AI_with_function_calling_stream__01": (
        "a call that no response follows, on gemini-2.0-flash, which is retired"
    ),
}


def judge(model: str) -> Model:
    return BY_NAME.get(model) or next(BY_NAME[name] for pattern, name in SUCCESSORS if pattern.match(model))


def verdict(recording: Path, kind: str) -> str:
    exchange = json.loads(recording.read_bytes())
    body = exchange["request"].get("body")
    if exchange["response"].get("status") != 200 or body is None:
        return "not a recorded request with 200"
    found = re.search(r"models/([^:]+):", exchange["request"]["path"])
    assert found is not None
    try:
        read_generate(json.dumps(body).encode(), judge(found[1]), streamed=kind == "streamGenerateContent")
    except GoogleError as error:
        return "excepted" if recording.stem in EXCEPTIONS else f"{recording.stem}: {error.problem.message}"
    return "stale exception: " + recording.stem if recording.stem in EXCEPTIONS else "taken"


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no recorded traffic at {CORPUS}; CORPUS names its folder")
@pytest.mark.parametrize("kind", KINDS)
def test_recorded_requests_are_taken(kind: str) -> None:
    verdicts = Counter(verdict(recording, kind) for recording in sorted((CORPUS / "gemini" / kind).glob("*.json")))
    print(f"{kind}: {dict(verdicts)}")
    assert set(verdicts) <= {"taken", "excepted", "not a recorded request with 200"}
    assert verdicts["taken"] > 50
