"""A call of the journal as what would have to stand in the playground for the same one to be made again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.call import Operation
from gemini_balance.core.gemini.families import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.gateway.calls import KeptCall

CHAT = (Operation.GENERATE, Operation.STREAM)
MADE = {Operation.EMBEDDINGS: "embeddings", Operation.IMAGES: "image", Operation.SPEECH: "speech"}
TEXTS = {"image": "prompt", "speech": "input", "embeddings": "input"}
EFFORTS = ("none", "low", "medium", "high")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. `rest`: fields of the request that the form has none for; `turns`: what was said before;
    `extra`: parts of the message that are no text and no picture. `kept`: is what the call had sent known?"""

    mode: str = "chat"
    form: str = "openai"  # a key of DIALECTS
    token: str = ""
    model: str = ""
    message: str = ""
    stream: bool = True
    search: bool = False
    effort: str = ""
    tools: str = ""  # JSON; empty: none
    voice: str = "Kore"
    pictures: tuple[str, ...] = ()  # addresses with the data in them
    turns: tuple[Json, ...] = ()
    extra: tuple[Any, ...] = ()
    rest: Json = field(default_factory=dict)
    kept: bool = False

    @property
    def json(self) -> str:
        """For playground.js."""
        told = {"turns": self.turns, "extra": self.extra, "rest": self.rest, "pictures": self.pictures}
        return msgspec.json.encode(told).decode()


def draft_of(call: KeptCall) -> Draft | None:
    """None where the playground makes no such calls. Of one that went well no body is kept, nor of others where the
    operator does not want it, or it was cut."""
    mode = _mode(call)
    if not mode:
        return None
    known: dict[str, Any] = {
        "mode": mode,
        "form": "native" if call.dialect == "native" else "openai",
        "token": call.token,
        "model": call.model_asked or call.model_used,
        "stream": call.operation == Operation.STREAM,
    }
    body = _object(call.error.body if call.error is not None else None)
    told = _read(known["form"], mode, body) if body is not None else None
    return Draft(**known) if told is None else Draft(**known, **told, kept=True)


def _mode(call: KeptCall) -> str:
    if call.operation in CHAT:
        return "chat"
    if call.dialect == "native":
        embeds = (
            call.operation == Operation.METHOD and family_of(call.model_asked or call.model_used).name == "embedding"
        )
        return "embeddings" if embeds else ""
    return MADE[Operation(call.operation)] if call.operation in MADE else ""


def _object(text: str | None) -> Json | None:
    try:
        found = msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _read(form: str, mode: str, body: Json) -> Json | None:
    """Fields of a Draft; None where the message can't be made out."""
    if mode == "chat":
        return _native_chat(body) if form == "native" else _openai_chat(body)
    if form == "native":
        content = body.get("content")
        parts = _objects(content.get("parts") if isinstance(content, dict) else None)
        return {**_of_parts(parts), "rest": _but(body, "content", "model")} if parts else None
    told = body.get(TEXTS[mode])
    texts = told if isinstance(told, list) and told else [told]
    if not isinstance(texts[0], str):
        return None
    rest = _but(body, "model", TEXTS[mode], *(("voice",) if mode == "speech" else ()))
    voice = body.get("voice")
    return {"message": texts[0], "extra": tuple(texts[1:]), "rest": rest} | (
        {"voice": voice} if mode == "speech" and isinstance(voice, str) else {}
    )


def _openai_chat(body: Json) -> Json | None:
    turns = _objects(body.get("messages"))
    if not turns:
        return None
    effort, wide = body.get("reasoning_effort"), body.get("web_search_options") == {}
    said = ["model", "messages", "stream", "stream_options", "tools"]
    said += ["reasoning_effort"] * (effort in EFFORTS) + ["web_search_options"] * wide
    told = {"effort": effort if effort in EFFORTS else "", "search": wide, "tools": _written(body.get("tools"))}
    if turns[-1].get("role") == "tool":
        told |= _result(turns[-1].get("content"))
        while turns and turns[-1].get("role") == "tool":
            turns.pop()
    elif turns[-1].get("role") == "user":
        content = turns.pop().get("content")
        told |= {"message": content} if isinstance(content, str) else _of_parts(_objects(content))
    return {**told, "turns": tuple(turns), "rest": _but(body, *said)}


def _native_chat(body: Json) -> Json | None:
    contents = body.get("contents")
    turns = _objects(contents if isinstance(contents, list) else [contents])
    if not turns:
        return None
    tools = [one for one in _objects(body.get("tools")) if one not in ({"googleSearch": {}}, {"google_search": {}})]
    told: Json = {"search": len(tools) < len(_objects(body.get("tools"))), "tools": _written(tools)}
    if turns[-1].get("role", "user") == "user":
        parts = _objects(turns.pop().get("parts"))
        results = [one["functionResponse"] for one in parts if isinstance(one.get("functionResponse"), dict)]
        told |= _result(results[0].get("response")) if results else _of_parts(parts)
    return {**told, "turns": tuple(turns), "rest": _but(body, "contents", "tools", "model")}


def _result(told: object) -> Json:
    """What a function returned, as the next message."""
    only = told.get("result") if isinstance(told, dict) and len(told) == 1 else told
    return {"message": only if isinstance(only, str) else msgspec.json.encode(told).decode()}


def _of_parts(parts: Iterable[Json]) -> Json:
    """Text, pictures, and all else, in either format."""
    texts, pictures, extra = list[str](), list[str](), list[Json]()
    for one in parts:
        if isinstance(one.get("text"), str):
            texts.append(one["text"])
        elif picture := _picture(one):
            pictures.append(picture)
        else:
            extra.append(one)
    return {"message": "\n".join(texts), "pictures": tuple(pictures), "extra": tuple(extra)}


def _picture(part: Mapping[str, Any]) -> str:
    """Empty for what is none, or lies elsewhere."""
    named, data = part.get("image_url"), part.get("inlineData")
    url = named.get("url") if isinstance(named, dict) and len(named) == 1 else ""
    if isinstance(data, dict) and str(data.get("mimeType")).startswith("image/"):
        url = f"data:{data['mimeType']};base64,{data.get('data')}"
    return url if isinstance(url, str) and url.startswith("data:image/") else ""


def _objects(told: object) -> list[Json]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _but(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _written(tools: object) -> str:
    return json.dumps(tools, indent=2, ensure_ascii=False) if tools else ""
