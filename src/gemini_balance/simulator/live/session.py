"""A Live conversation without its connection: what is heard goes in, what Google says comes out."""

from collections.abc import Iterator
from enum import Enum

import msgspec
from msgspec import Struct

from gemini_balance.simulator import validate
from gemini_balance.simulator.answer import Answer, Prompt, answer, read_prompt
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.live.messages import ClientMessage, LiveGenerationConfig, RealtimeInput, Setup
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.replies import cut
from gemini_balance.simulator.schema import Blob, Content, FunctionResponse, GenerateContentRequest, Part
from gemini_balance.simulator.tokens import count_prompt

FIRST = "setup must be the first message and only the first"
SPOKEN = "AUDIO"


class Heard(Enum):
    """What a message comes to."""

    MORE = "the client goes on"
    TURN = "it is Google's turn"


class Turn(Struct, frozen=True):
    """Google's turn: the prompt that it answers, and the messages, one by one."""

    prompt: Prompt
    messages: tuple[Object, ...]


class Session:
    """One conversation, from its setup on. `contents` is what was said so far."""

    def __init__(self, setup: Setup, model: Model, contents: list[Content]) -> None:
        """Raises GoogleError for a setup that the model can't fulfil."""
        self.setup = setup
        self.model = model
        self.contents = contents
        self._audio = 0
        self._waiting: dict[str, str] = {}  # calls without a response, by id
        validate.check_generate(self._request([Content(parts=[Part(text="hi")])]), model, streamed=True)

    def hear(self, message: ClientMessage) -> Heard:
        """Take in a message; raises GoogleError for one out of place."""
        if message.client_content is not None:
            self.contents.extend(message.client_content.turns)
            return self._turn_if(message.client_content.turn_complete)
        if message.realtime_input is not None:
            return self._hear_live(message.realtime_input)
        if message.tool_response is not None:
            return self._hear_results(message.tool_response.function_responses)
        raise GoogleError(invalid_argument(FIRST if message.setup is not None else "Request contains no message."))

    def _turn_if(self, complete: bool) -> Heard:
        return Heard.TURN if complete else Heard.MORE

    def _hear_live(self, heard: RealtimeInput) -> Heard:
        blobs = [blob for blob in (heard.audio, *heard.media_chunks) if blob is not None]
        self._audio += sum(len(blob.data) * 3 // 4 for blob in blobs if blob.mime_type.startswith("audio/"))
        if heard.text:
            self.contents.append(Content(role="user", parts=[Part(text=heard.text)]))
            return Heard.TURN
        if (heard.activity_end is None and not heard.audio_stream_end) or not self._audio:
            return Heard.MORE
        spoken = Part(text=f"{self._audio} bytes of audio")
        sound = Part(inline_data=Blob(mime_type="audio/pcm"))
        self.contents.append(Content(role="user", parts=[spoken, sound]))
        return Heard.TURN

    def _hear_results(self, results: list[FunctionResponse]) -> Heard:
        for result in results:
            if self._waiting.pop(result.id, None) is None:
                raise GoogleError(invalid_argument(f"Unknown function call id {result.id!r} in tool_response."))
        named = [msgspec.structs.replace(result, name=result.name or "function") for result in results]
        self.contents.append(Content(role="user", parts=[Part(function_response=one) for one in named]))
        return self._turn_if(not self._waiting)

    def turn(self, standing: str, defaults: tuple[int, int]) -> Turn:
        """What Google says now; `standing` are directives of prompts without any, `defaults` words and events."""
        request = self._request(self.contents)
        prompt = read_prompt(request, standing)
        said = answer(request, self.model, prompt, defaults)
        return Turn(prompt, (*self._heard_words(), *self._speak(said, request)))

    def _heard_words(self) -> Iterator[Object]:
        if self._audio and self.setup.input_audio_transcription is not None:
            yield _content(inputTranscription={"text": f"{self._audio} bytes of audio"})
        self._audio = 0

    def _speak(self, said: Answer, request: GenerateContentRequest) -> Iterator[Object]:
        calls: list[Json] = []
        for piece in said.pieces:
            call = piece.part.get("functionCall")
            if isinstance(call, dict):
                calls.append(self._called(call))
            elif piece.part:
                for part in cut(piece, said.events):
                    yield _content(modelTurn={"parts": [part.part]})
        if calls:
            yield {"toolCall": {"functionCalls": calls}}
            return
        yield from self._spoken_words(said)
        yield _content(generationComplete=True)
        yield _content(turnComplete=True) | {"usageMetadata": _usage(said, count_prompt(request))}

    def _spoken_words(self, said: Answer) -> Iterator[Object]:
        if self.setup.output_audio_transcription is not None and any(piece.sound for piece in said.pieces):
            yield _content(outputTranscription={"text": "What was said."})

    def _called(self, call: Object) -> Object:
        call_id = str(call.get("id") or f"function-call-{len(self._waiting) + 1}")
        self._waiting[call_id] = str(call["name"])
        return {**call, "id": call_id}

    def _request(self, contents: list[Content]) -> GenerateContentRequest:
        config = self.setup.generation_config or LiveGenerationConfig()
        if not config.response_modalities:
            config = msgspec.structs.replace(config, response_modalities=[SPOKEN])
        return GenerateContentRequest(
            contents=contents,
            system_instruction=self.setup.system_instruction,
            tools=self.setup.tools,
            generation_config=config,
        )


def is_interruption(message: ClientMessage) -> bool:
    """Does the client take the floor?"""
    heard = message.realtime_input
    return heard is None or bool(heard.text) or heard.activity_start is not None or heard.activity_end is not None


def _content(**fields: Json) -> Object:
    return {"serverContent": fields}


def _usage(said: Answer, prompt: dict[str, int]) -> Object:
    kind = SPOKEN if any(piece.sound for piece in said.pieces) else "TEXT"
    spoken = sum(piece.tokens for piece in said.pieces)
    thoughts = sum(piece.thought_tokens for piece in said.pieces)
    counts: Object = {
        "promptTokenCount": sum(prompt.values()),
        "responseTokenCount": spoken,
        "totalTokenCount": sum(prompt.values()) + spoken + thoughts,
        "promptTokensDetails": [{"modality": name, "tokenCount": count} for name, count in prompt.items()],
        "responseTokensDetails": [{"modality": kind, "tokenCount": spoken}],
    }
    return counts | ({"thoughtsTokenCount": thoughts} if thoughts else {})
