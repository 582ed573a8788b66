"""Conversations with Live: message by message, and as Google's own client holds them."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from google.genai import types
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from google import genai
    from websockets.asyncio.client import ClientConnection

MODEL = "gemini-3.8-live"
SETUP: dict[str, Any] = {"setup": {"model": f"models/{MODEL}", "generationConfig": {"responseModalities": ["TEXT"]}}}
SOUND: dict[str, Any] = {"realtimeInput": {"audio": {"mimeType": "audio/pcm", "data": "AAAA"}}}
PATIENCE = 20.0  # seconds for a conversation to end


def said(text: str) -> dict[str, Any]:
    return {"clientContent": {"turns": [{"role": "user", "parts": [{"text": text}]}], "turnComplete": True}}


def resuming(**handle: str) -> dict[str, Any]:
    """A setup of a session that can be gone on with."""
    return {"setup": {**SETUP["setup"], "sessionResumption": handle}}


async def talk(socket: ClientConnection, *messages: Any) -> list[Any]:
    """What is answered to these, up to the end of a turn."""
    for message in messages:
        await socket.send(json.dumps(message))
    answers = []
    async for data in socket:
        assert isinstance(data, bytes)  # as Google sends them
        answers.append(json.loads(data))
        if "turnComplete" in str(answers[-1]):
            break
    return answers


async def interrupting(socket: ClientConnection) -> list[Any]:
    """What is answered to sound that comes in the middle of a turn."""
    await socket.send(json.dumps(SETUP))
    await socket.send(json.dumps(said("[[sim: pace_ms=200 events=2 thoughts=0]] long")))
    answers = [json.loads(await socket.recv()) for _ in range(2)]
    return answers + await talk(socket, SOUND, said("[[sim: words=0 events=1 thoughts=0]] short"))


async def going_away(socket: ClientConnection) -> tuple[Any, tuple[int, str]]:
    """What is said before the end, and what at the end."""
    await talk(socket, SETUP, said("[[sim: go_away=0.1]] hi"))
    return json.loads(await socket.recv()), await closed(socket)


async def handle_of(socket: ClientConnection) -> str:
    """By which this session can be gone on with, after its first turn."""
    await talk(socket, resuming(), said("one"))
    handle = json.loads(await socket.recv())["sessionResumptionUpdate"]["newHandle"]
    assert isinstance(handle, str)
    return handle


async def closed(socket: ClientConnection, *messages: Any) -> tuple[int, str]:
    """Code and reason of the end that comes of these."""
    with suppress(ConnectionClosed):
        for message in messages:
            await socket.send(json.dumps(message))
    over = await lost(socket)
    assert over.rcvd is not None
    return over.rcvd.code, over.rcvd.reason


async def lost(socket: ClientConnection) -> ConnectionClosed:
    """The end, whatever comes before it."""
    with pytest.raises(ConnectionClosed) as over:
        await asyncio.wait_for(_drained(socket), PATIENCE)
    return over.value


async def _drained(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def call_and_answer(client: genai.Client, model: str) -> str:
    """All that was said in a turn in which the model calls a function and hears what came of it."""
    weather = types.FunctionDeclaration(name="get_weather", parameters=types.Schema(type=types.Type.OBJECT))
    config = types.LiveConnectConfig(
        response_modalities=[types.Modality.TEXT], tools=[types.Tool(function_declarations=[weather])]
    )
    texts: list[str] = []
    async with client.aio.live.connect(model=model, config=config) as session:
        turn = types.Content(role="user", parts=[types.Part(text="get_weather [[sim: words=0 thoughts=0]]")])
        await session.send_client_content(turns=turn)
        async for message in session.receive():
            texts.append(message.text or "")
            calls = message.tool_call.function_calls if message.tool_call else None
            if calls:
                done = types.FunctionResponse(id=calls[0].id, name=calls[0].name, response={"sky": "blue"})
                await session.send_tool_response(function_responses=[done])
    return "".join(texts)
