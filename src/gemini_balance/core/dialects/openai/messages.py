"""A list of OpenAI's messages as Gemini's contents.

Google wants roles that alternate, and the answers to all function calls of a turn together in the turn after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import UNSET

from gemini_balance.core.call import Media, Unsigned
from gemini_balance.core.dialects.openai.content import parts_of
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini import mime
from gemini_balance.core.gemini.schema import Blob, Content, FunctionCall, FunctionResponse, Part
from gemini_balance.core.gemini.signatures import EMBEDDED
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from msgspec import UnsetType

    from gemini_balance.core.dialects.openai.names import Names
    from gemini_balance.core.dialects.openai.request_schema import ExtraContent, FunctionSaid, Message, ToolCall

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
# Every id in recorded answers of Google's looks so; ids of our own making and of other services don't.
_GOOGLES_ID = re.compile(r"[A-Za-z0-9]{8}").fullmatch
_DRAWN = re.compile(r"!\[[^\]]{0,300}\]\(data:(image/[a-z+.-]+);base64,([A-Za-z0-9+/=_-]+)\)")
_THOUGHTS = re.compile(r"(?:\s*<think>.*?</think>)+\s*", re.DOTALL)


TURNS = {"user": "user", "assistant": "model"}


@dataclass(slots=True)
class _Asked:
    """A function call that waits for its answer."""

    id: str
    name: str
    sent_id: str | None
    answer: msgspec.Raw | None = None


class Conversation:
    """Reads messages in order. `contents` is what the conversation comes to, `instructions` what stands above it."""

    def __init__(self, names: Names) -> None:
        self.contents: list[Content] = []
        self.instructions: list[Part] = []
        self.media: list[Media] = []
        self.unsigned: list[Unsigned] = []
        self._names = names
        self._asked: list[_Asked] = []
        self._shown: list[Part] = []  # media that tools returned
        self._answering = False

    def read(self, messages: list[Message]) -> None:
        contents = self.contents
        for at, message in enumerate(messages):
            said, turn = message.content, TURNS.get(message.role)
            if turn and said.__class__ is str and said and not self._asked and (turn == "user" or _is_plain(message)):
                if contents and contents[-1].role == turn:  # nearly every message of a long conversation comes here
                    contents[-1].parts.append(Part(text=said))
                else:
                    contents.append(Content(turn, [Part(text=said)]))
                continue
            reader = self._READERS.get(message.role)
            if reader is None:
                raise _unknown_role(message.role, at)
            reader(self, message, at)
        if self._asked:
            self._answer_all(len(messages) - 1)
        if not self.contents:  # Google refuses a request without contents; OpenAI answers to instructions alone
            self.contents = [Content("user", self.instructions or [Part(text="")])]
            self.instructions = []

    def _instruct(self, message: Message, at: int) -> None:
        self.instructions += parts_of(message, at, self.media)

    def _user(self, message: Message, at: int) -> None:
        if self._asked:
            self._answer_all(at)
        self._add("user", parts_of(message, at, self.media))

    def _assistant(self, message: Message, at: int) -> None:
        if self._answering:
            self._answer_all(at)
        parts = [part for said in parts_of(message, at, self.media) for part in _unpacked(said)]
        if message.images:
            images = msgspec.structs.replace(message, content=message.images)
            parts += parts_of(images, at, self.media)
        signature = _signature(message.extra_content)
        if signature and not message.tool_calls:
            _sign_text(parts, signature)
            signature = ""
        self._add("model", parts)
        if message.tool_calls or message.function_call:
            self._call(message, at, signature)

    def _call(self, message: Message, at: int, signature: str) -> None:
        """`signature` came with the message, for its first call."""
        if message.function_call and not message.tool_calls:
            self._add("model", [self._called(None, message.function_call, None, f"messages[{at}].function_call")])
        for number, call in enumerate(message.tool_calls or ()):
            place = f"messages[{at}].tool_calls[{number}]"
            if call.function is None:
                raise BadRequest("Only calls of functions can be carried to Gemini.", param=place)
            own = _signature(call.extra_content) or (signature if number == 0 else "")
            self._add("model", [self._called(call, call.function, own or None, place)])
        self._note_unsigned()

    def _called(self, call: ToolCall | None, said: FunctionSaid, signature: str | None, place: str) -> Part:
        call_id = (call and call.id) or ""
        asked = _Asked(call_id, self._names.sent(said.name, f"{place}.function.name"), None)
        asked.sent_id = call_id if _GOOGLES_ID(call_id) else None
        self._asked.append(asked)
        return Part(
            function_call=FunctionCall(asked.name, _arguments(said.arguments), asked.sent_id),
            thought_signature=signature,
        )

    def _note_unsigned(self) -> None:
        """Only the first call of a step needs a signature."""
        parts = self.contents[-1].parts
        first = next(number for number, part in enumerate(parts) if part.function_call is not None)
        place = len(self.contents) - 1
        if parts[first].thought_signature is None and not (self.unsigned and self.unsigned[-1].content == place):
            calls = sum(part.function_call is not None for part in parts)
            call_id, _, embedded = self._asked[-calls].id.partition(EMBEDDED)
            self.unsigned.append(Unsigned(place, first, call_id, embedded))

    def _tool(self, message: Message, at: int) -> None:
        asked = self._question(message, at)
        parts = parts_of(message, at, self.media)
        asked.answer = _result("".join([part.text for part in parts if part.text is not None]))
        self._shown += [part for part in parts if part.text is None]
        self._answering = True

    def _question(self, message: Message, at: int) -> _Asked:
        """The call that a result answers: by its id, else by its name, else the next."""
        waiting = [asked for asked in self._asked if asked.answer is None]
        if message.tool_call_id:
            found = [asked for asked in waiting if asked.id == message.tool_call_id]
        elif message.name:
            name = self._names.sent(message.name, f"messages[{at}].name")
            found = [asked for asked in waiting if asked.name == name]
        else:
            found = waiting
        if found:
            return found[0]
        named = message.tool_call_id or message.name or ""
        raise BadRequest(
            f"This result answers {named[:80]!r}, which is no open call of the assistant message before it.",
            param=f"messages[{at}].{'tool_call_id' if message.role == 'tool' else 'name'}",
        )

    def _answer_all(self, at: int) -> None:
        """The answers in the order of the calls, whatever order they came in."""
        missing = [asked.id or asked.name for asked in self._asked if asked.answer is None]
        if missing:
            raise BadRequest(
                f"Tool calls without a result: {', '.join(missing)[:200]}. Each needs a message of role `tool`.",
                param=f"messages[{at}]",
            )
        answers = [
            Part(function_response=FunctionResponse(asked.name, asked.answer or UNSET, asked.sent_id))
            for asked in self._asked
        ]
        self._add("user", answers + self._shown)
        self._asked, self._shown, self._answering = [], [], False

    def _add(self, role: str, parts: list[Part]) -> None:
        if not parts:
            return
        contents = self.contents
        if contents and contents[-1].role == role:
            contents[-1].parts.extend(parts)
        else:
            contents.append(Content(role, parts))

    # Of the class: bound methods in an instance of it would be a circle that only the collector finds.
    _READERS: ClassVar[dict[str, Callable[[Conversation, Message, int], None]]] = {
        "user": _user,
        "assistant": _assistant,
        "tool": _tool,
        "function": _tool,
        "system": _instruct,
        "developer": _instruct,
    }


def _unknown_role(role: str, at: int) -> BadRequest:
    return BadRequest(
        f"A message's role must be one of system, developer, user, assistant, tool, function, not {role[:40]!r}.",
        param=f"messages[{at}].role",
    )


def _is_plain(message: Message) -> bool:
    """Nothing but text: no calls, no signature, no thoughts or pictures in it."""
    said = message.content
    return said.__class__ is str and not (
        message.tool_calls
        or message.function_call
        or message.extra_content
        or message.images
        or ("<" in said and "<think>" in said)
        or ("]" in said and "](data:image/" in said)
    )


def _signature(extra: ExtraContent | None) -> str:
    return (extra.google.thought_signature or "") if extra and extra.google else ""


def _sign_text(parts: list[Part], signature: str) -> None:
    """Google signs the last part of an answer, if need be an empty one."""
    if parts and parts[-1].thought_signature is None:
        parts[-1].thought_signature = signature
    elif not parts:
        parts.append(Part(text="", thought_signature=signature))


def _unpacked(said: Part) -> list[Part]:
    """What the model said, without thoughts and with its pictures as pictures, where the text holds either."""
    text = said.text
    if text is None or said.thought_signature:
        return [said]
    if "<think>" in text[:20]:
        thoughts = _THOUGHTS.match(text)
        text = text[thoughts.end() :] if thoughts else text
    if "](data:image/" in text:
        return _pictures(text)
    return [Part(text=text)] if text else []


def _pictures(text: str) -> list[Part]:
    """A picture of an earlier answer, shown as markdown, would else be read as a million letters."""
    parts: list[Part] = []
    pieces = _DRAWN.split(text)
    for number in range(0, len(pieces), 3):
        if pieces[number].strip():
            parts.append(Part(text=pieces[number]))
        if number + 2 < len(pieces):
            declared, data = pieces[number + 1 : number + 3]
            parts.append(Part(inline_data=Blob(mime.best_of_base64(declared, data), data)))
    return parts


def _arguments(raw: msgspec.Raw | UnsetType) -> msgspec.Raw | UnsetType:
    """An object, as Google demands. A history may hold a call that broke off; OpenAI takes that back, so we do."""
    if raw is UNSET:
        return UNSET
    written = bytes(raw)
    if written[:1] == b"{":
        return raw
    if written[:1] != b'"':
        return UNSET if written == b"null" else msgspec.Raw(encode({"_raw": raw}))
    text = _TEXT.decode(written)
    if not text.strip():
        return UNSET
    return _object(text) or msgspec.Raw(encode({"_raw": text}))


def _result(text: str) -> msgspec.Raw:
    return _object(text) or msgspec.Raw(encode({"output": text}))


def _object(text: str) -> msgspec.Raw | None:
    """The text itself where it is a JSON object."""
    if text.lstrip()[:1] != "{":
        return None
    written = text.encode()
    try:
        _OBJECT.decode(written)
    except (msgspec.DecodeError, RecursionError):
        return None
    return msgspec.Raw(written)
