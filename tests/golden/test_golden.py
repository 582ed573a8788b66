"""Golden cases: a folder a case, four readable files: what is asked, what Google is asked, says, and what is answered.

request.json            the caller's body                                      (by hand)
options.json            options by their environment names, where some are set (by hand)
upstream_reply.json     or .sse: Google's answer; absent where none is asked   (by hand)
upstream_request.json   path, body, what is fetched first, what is not carried (made by --update-golden)
reply.json              or .sse: what the caller gets                          (made by --update-golden)
"""

import json
from datetime import date
from pathlib import Path

import pytest

from gemini_balance.core.call import Call, Framing, Inbound, Operation
from gemini_balance.core.catalog.config import config_of
from gemini_balance.core.catalog.route import Route, route_of
from gemini_balance.core.dialects import DIALECTS, Encoder, Moment
from gemini_balance.core.errors import GatewayError
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.gemini.signatures import SignatureStore
from gemini_balance.core.options import Options, options_from
from gemini_balance.core.wire.sse import SseFramer
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/request.json"))
MOMENT = Moment("golden", 1_800_000_000)
TODAY = date(2026, 11, 15)
LISTED = frozenset(
    {"gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-flash-image", "gemini-nano-banana-2.1"}
    | {"gemini-2.5-flash-preview-tts", "gemini-3-flash-preview", "gemini-3.1-pro-preview", "gemini-3.6-flash"}
    | {"gemini-3.8-flash", "gemini-pro-latest", "gemini-flash-latest"}
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.relative_to(HERE)))
def test_a_case_gives_what_its_files_hold(case: Path, request: pytest.FixtureRequest) -> None:
    made = run(case)
    if request.config.getoption("--update-golden"):
        write(case, made)
    held = {path.name: path.read_text() for path in case.iterdir() if path.name in MADE}
    assert made == held


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.relative_to(HERE)))
def test_google_takes_what_a_case_sends(case: Path) -> None:
    if not (case / "upstream_request.json").exists():
        return
    sent = json.loads((case / "upstream_request.json").read_text())
    model, _, method = sent["path"].partition("/models/")[2].partition(":")
    read_generate(json.dumps(sent["body"]).encode(), BY_NAME[model], streamed=method.startswith("stream"))


MADE = ("upstream_request.json", "reply.json", "reply.sse")


def write(case: Path, made: dict[str, str]) -> None:
    for name in MADE:
        (case / name).unlink(missing_ok=True)
    for name, text in made.items():
        (case / name).write_text(text)


def run(case: Path) -> dict[str, str]:
    """The files a case makes: through decode, route and encoder, which are pure."""
    dialect, options = DIALECTS[case.parent.name], options_of(case)
    body = json.dumps(json.loads((case / "request.json").read_text())).encode()
    inbound = Inbound("POST", "/v1/chat/completions", b"", {}, body)
    try:
        call = dialect.decode(Operation.GENERATE, inbound)
        route = route_of(call, config_of(options, LISTED, TODAY, SignatureStore()))
    except GatewayError as error:
        return {"reply.json": pretty(dialect.error(error))}
    encoder = dialect.encoder(call, MOMENT, options)
    return {"upstream_request.json": sent(call, route), **answered(case, route, encoder)}


def options_of(case: Path) -> Options:
    file = case / "options.json"
    return options_from(json.loads(file.read_text())) if file.exists() else Options()


def sent(call: Call, route: Route) -> str:
    request = {"path": route.path, "body": json.loads(route.body)}
    fetched = {"fetched": [media.url for media in call.media]} if call.media else {}
    return readable(request | fetched | ({"dropped": route.dropped} if route.dropped else {}))


def answered(case: Path, route: Route, encoder: Encoder) -> dict[str, str]:
    if route.framing is Framing.WHOLE:
        data = (case / "upstream_reply.json").read_bytes()
        return {"reply.json": pretty(encoder.whole(Event(data, data)))}
    framer = SseFramer()
    events = events_of(framer.feed((case / "upstream_reply.sse").read_bytes()))
    assert framer.closed()
    return {"reply.sse": (encoder.feed(events) + encoder.finish(framer.rest())).decode()}


def pretty(data: bytes) -> str:
    return readable(json.loads(data))


def readable(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
