"""A Live conversation as Google's own client holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.genai import types

if TYPE_CHECKING:
    from google import genai


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
