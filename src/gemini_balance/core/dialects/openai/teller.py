"""What one choice says: Gemini's parts as deltas. Both forms of an answer are made of them, so both say the same."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (a struct's types are read when the program runs)
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gemini_balance.core.call import SEARCH, Operation
from gemini_balance.core.dialects.openai import parts as written_parts
from gemini_balance.core.dialects.openai import reply as answers
from gemini_balance.core.dialects.openai.reply_schema import (
    Annotation,
    Audio,
    Delta,
    Extra,
    FinishReason,
    FunctionSaid,
    GoogleExtra,
    Image,
    ImageUrl,
    Logprob,
    Logprobs,
    ToolCall,
)
from gemini_balance.core.gemini.grounding import links, read_grounding
from gemini_balance.core.gemini.partial_calls import PartialCall
from gemini_balance.core.gemini.schema import FunctionCall

if TYPE_CHECKING:
    from msgspec import Raw, UnsetType

    from gemini_balance.core.call import Call
    from gemini_balance.core.gemini.schema import Blob, Candidate, Part
    from gemini_balance.core.gemini.signatures import SignatureStore
    from gemini_balance.core.options import Options

THINK, THOUGHT = "<think>\n", "\n</think>\n\n"
EMPTY = b"{}"
NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Manner(msgspec.Struct, frozen=True):
    """How a caller, or the operator, wants answers told."""

    thoughts: bool = True
    think_tags: bool = False
    markdown_images: bool = False
    links: bool = False
    one_call: bool = False
    legacy: bool = False  # a call is told in `function_call`
    names: Mapping[str, str] = NO_NAMES  # of functions, where the caller's own are others than Google was told
    keeps_text: bool = False  # of a stream, where sources may point into it


def manner_of(call: Call, options: Options) -> Manner:
    """A stream may be long: its text is kept only where sources may point into it."""
    return Manner(
        thoughts=options.show_thinking_process,
        think_tags=options.thinking_style == "think",
        markdown_images=options.image_style == "markdown",
        links=options.show_search_link,
        one_call=call.wishes.legacy or not call.wishes.parallel,
        legacy=call.wishes.legacy,
        names=call.wishes.renamed,
        keeps_text=call.operation is Operation.STREAM and _searches(call),
    )


def _searches(call: Call) -> bool:
    tools = call.request.tools if call.request else None
    return SEARCH in call.model or any(tool.keys() - {"functionDeclarations"} for tool in tools or ())


class CallIds:
    """Ids of tool calls: Google's own, else one that no other call has. Signatures are remembered by them."""

    __slots__ = ("_request_id", "_signatures", "_taken")

    def __init__(self, request_id: str, signatures: SignatureStore | None) -> None:
        self._request_id = request_id
        self._signatures = signatures
        self._taken: list[str] = []

    def take(self, call: FunctionCall, signature: str | None) -> str:
        fresh = call.id if call.id and call.id not in self._taken else ""
        taken = fresh or f"call_gb_{self._request_id}{len(self._taken):x}"
        self._taken.append(taken)
        if signature and self._signatures is not None:
            self._signatures.remember(taken, signature)
        return taken


class Teller:
    """One per choice. `begun`, `plain` and `finish` are for whoever drives it."""

    __slots__ = (
        "_annexes",
        "_calls",
        "_heard",
        "_ids",
        "_images",
        "_logprobs",
        "_manner",
        "_partial",
        "_refusal",
        "_signature",
        "_text",
        "_thinking",
        "begun",
        "finish",
        "index",
        "plain",
    )

    def __init__(self, index: int, manner: Manner, ids: CallIds) -> None:
        self.index = index
        self.begun = False
        self.plain = False  # may text be passed on without `tell`?
        self.finish = ""
        self._manner = manner
        self._ids = ids
        self._text: list[str] = []
        self._thinking = False
        self._calls = self._images = self._heard = 0
        self._partial: PartialCall | None = None
        self._refusal: str | None = None
        self._signature: str | UnsetType = UNSET
        self._annexes: dict[str, Raw] = {}
        self._logprobs: list[Logprob] = []

    def note(self, candidate: Candidate) -> None:
        """What an event says about the choice besides its parts."""
        if candidate.finish_reason is not None:
            self.finish = candidate.finish_reason
            self._refusal = answers.refusal(candidate) or self._refusal
        if candidate.grounding_metadata is not UNSET:
            self._annex("grounding_metadata", candidate.grounding_metadata)
        if candidate.url_context_metadata is not UNSET:
            self._annex("url_context_metadata", candidate.url_context_metadata)
        if candidate.citation_metadata is not UNSET:
            self._annex("citation_metadata", candidate.citation_metadata)
        if candidate.logprobs_result is not None:
            self._logprobs += answers.logprobs(candidate.logprobs_result)
            self.plain = False

    def block(self, sentence: str) -> None:
        """The prompt was refused."""
        self.finish, self._refusal = "PROHIBITED_CONTENT", sentence

    def tell(self, part: Part) -> Delta | None:
        """What the caller is to see of a part, if anything."""
        if part.thought_signature and part.function_call is None and part.inline_data is None:
            self._signature = part.thought_signature
        if part.thought:
            return self._think(part.text or "")
        if part.text:
            return Delta(content=self._say(part.text))
        if part.function_call is not None:
            return self._call(part.function_call, part.thought_signature)
        if part.inline_data is not None:
            return self._show(part.inline_data, part.thought_signature)
        text = written_parts.written(part)
        return Delta(content=self._say(text)) if text else None

    def last_words(self) -> Delta | None:
        """What is still to be said in the text when all parts are told."""
        delta = self._call(FunctionCall(), None) if self._partial is not None else None
        words = self._say("") if self._thinking else ""
        if self._manner.links and (listed := self._listed()):
            words += listed
        if words:
            delta = delta or Delta()
            delta.content = words
        return delta

    def ending(self, text: str | None = None) -> Delta:
        """What comes with the finish reason; `text` is the whole text, where whoever drives this kept it."""
        if self._signature is UNSET and not self._annexes:
            return Delta(refusal=self._refusal or UNSET)
        extra = GoogleExtra(
            self._signature, **{name: written_parts.one_line(raw) for name, raw in self._annexes.items()}
        )
        return Delta(
            refusal=self._refusal or UNSET,
            annotations=self._annotations("".join(self._text) if text is None else text) or UNSET,
            extra_content=Extra(extra),
        )

    def take_logprobs(self) -> Logprobs | None:
        """Those that came since the last time."""
        if not self._logprobs:
            return None
        taken, self._logprobs = self._logprobs, []
        return Logprobs(taken)

    @property
    def finish_reason(self) -> FinishReason:
        reason = answers.finish_reason(self.finish, called=self._calls > 0)
        return "function_call" if self._manner.legacy and reason == "tool_calls" else reason

    def opens_plainly(self) -> bool:
        """Does text need nothing but to be passed on, until a part of another kind comes?"""
        return not self._thinking and not self._manner.keeps_text

    def _say(self, text: str) -> str:
        if self._thinking:
            self._thinking, text = False, THOUGHT + text
        if self._manner.keeps_text:
            self._text.append(text)
        return text

    def _think(self, text: str) -> Delta | None:
        if not text or not self._manner.thoughts:
            return None
        if not self._manner.think_tags:
            return Delta(reasoning_content=text)
        if not self._thinking:
            text = self._say(THINK + text)
        elif self._manner.keeps_text:
            self._text.append(text)
        self._thinking, self.plain = True, False
        return Delta(content=text)

    def _call(self, call: FunctionCall, signature: str | None) -> Delta | None:
        if call.will_continue or self._partial is not None:
            partial = self._partial = self._partial or PartialCall(call, signature)
            partial.add(call)
            if call.will_continue:
                return None
            self._partial, call, signature = None, partial.whole(), partial.signature
        if (self._calls and self._manner.one_call) or not call.name:
            return None
        extra = Extra(GoogleExtra(signature)) if signature else UNSET
        function = FunctionSaid(self._manner.names.get(call.name, call.name), written_parts.arguments(call))
        said = ToolCall(self._calls, self._ids.take(call, signature), "function", function, extra)
        self._calls += 1
        content = self._say("") if self._thinking else UNSET
        if self._manner.legacy:
            return Delta(content=content, function_call=function)
        return Delta(content=content, tool_calls=[said])

    def _show(self, blob: Blob, signature: str | None) -> Delta | None:
        kind = blob.mime_type.partition("/")[0]
        if not blob.data:
            return None
        if kind == "audio":
            self._heard += 1
            return Delta(audio=Audio(data=blob.data))
        url = written_parts.data_url(blob)
        if kind != "image" or self._manner.markdown_images:
            self._signature = signature or self._signature
            return Delta(content=self._say(f"\n{'!' if kind == 'image' else ''}[{kind}]({url})\n"))
        extra = Extra(GoogleExtra(signature)) if signature else UNSET
        self._images += 1
        return Delta(images=[Image(self._images - 1, ImageUrl(url), extra_content=extra)])

    def _annex(self, name: str, raw: Raw | UnsetType) -> None:
        """The last one counts; early events of a stream have an empty one."""
        if raw is not UNSET and bytes(raw) != EMPTY:
            self._annexes[name] = raw

    def _annotations(self, text: str) -> list[Annotation]:
        raw = self._annexes.get("grounding_metadata")
        return answers.sources(read_grounding(raw), text) if raw is not None else []

    def _listed(self) -> str:
        raw = self._annexes.get("grounding_metadata")
        found = links(read_grounding(raw)) if raw is not None else []
        lines = [f"{at}. [{source.title or source.uri}]({source.uri})" for at, source in enumerate(found, 1)]
        return "\n\n---\n\n" + "\n".join(lines) if lines else ""
