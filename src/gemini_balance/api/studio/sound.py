"""`audio/…`: one call of Google's each, streamed where the caller gains by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gemini_balance.api.studio.answering import worked
from gemini_balance.api.studio.reply import MadeReply
from gemini_balance.api.telling import tell
from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.catalog.route import route_of
from gemini_balance.core.dialects.openai.audio import speech, transcription
from gemini_balance.core.dialects.openai.audio.speech_encoder import SpeechEncoder
from gemini_balance.core.dialects.openai.audio.transcript import TranscriptEncoder

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.studio.studio import Terms
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.dialects import Encoder
    from gemini_balance.core.gemini.request_schema import GenerateContentRequest
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.ports import AudioEncoder

OPENAIS_OWN = "/openai/v1"
DEFAULTS = {OPENAIS_OWN: "mp3"}
"""The form of a speech where none is asked for: OpenAI's there, elsewhere WAV, as the manual has it."""
NEED_THEIR_LENGTH = frozenset({"wav"})
"""Files that begin with how long they are: players show a wrong length of one that was streamed."""


@dataclass(slots=True)
class Speaker:
    """Implements `Maker`: `audio/speech`."""

    gateway: Gateway
    audio: AudioEncoder

    async def answer(self, exchange: Exchange, operation: Operation, body: bytes, terms: Terms) -> None:
        asked = speech.decode(body, self._default(exchange), speech.OWN_FORMATS | self.audio.formats)
        exchange.call = Call(operation, asked.model)
        begin = None if asked.form in speech.OWN_FORMATS else partial(self.audio.begin, asked.form)
        streams = asked.events or asked.form not in NEED_THEIR_LENGTH
        call = _call(asked.model, speech.request(asked), streams=streams)
        route = route_of(call, terms.config, exchange.caller)
        await _relay(self.gateway, terms.options, exchange, route, SpeechEncoder(asked, begin))

    def _default(self, exchange: Exchange) -> str:
        """An installation without a library for it still speaks."""
        wanted = DEFAULTS.get(exchange.place.prefix, "wav")
        return wanted if wanted in self.audio.formats else "wav"


@dataclass(slots=True)
class Listener:
    """Implements `Maker`: `audio/transcriptions` and `audio/translations`."""

    gateway: Gateway

    async def answer(self, exchange: Exchange, operation: Operation, body: bytes, terms: Terms) -> None:
        content_type = exchange.headers.get(b"content-type", b"").decode("latin-1")
        translate = operation is Operation.TRANSLATIONS
        asked = await worked(len(body), transcription.decode, content_type, body, translate=translate)
        exchange.call = Call(operation, asked.model)
        call = _call(asked.model, transcription.request(asked), asked.dropped, streams=asked.stream)
        route = await worked(len(body), route_of, call, terms.config, exchange.caller)
        await _relay(self.gateway, terms.options, exchange, route, TranscriptEncoder(asked))


def _call(model: str, request: GenerateContentRequest, dropped: tuple[str, ...] = (), *, streams: bool) -> Call:
    if streams:
        return Call(Operation.STREAM, model, Framing.SSE, request=request, query="alt=sse", dropped=dropped)
    return Call(Operation.GENERATE, model, request=request, dropped=dropped)


async def _relay(gateway: Gateway, options: Options, exchange: Exchange, route: Route, encoder: Encoder) -> None:
    """From the route to its answer's last byte."""
    assert exchange.call is not None
    exchange.caller.check_model(exchange.call.model, route.model)
    tell(exchange, exchange.call, route.model, route.dropped, route.warning)
    patience = None if route.framing is Framing.WHOLE else options.heartbeat_after
    reply = MadeReply(exchange, encoder, gateway.clock, patience)
    exchange.fail = reply.fail
    try:
        await gateway.execute(route, reply, exchange.story)
        await reply.deliver()
    finally:
        reply.stop()
