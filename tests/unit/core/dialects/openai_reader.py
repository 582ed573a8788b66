"""A reader of our streams that is not ours: openai's own library."""

from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk


def accumulated(sent: bytes) -> ChatCompletion:
    """As openai's own library puts a stream together; each chunk must fit its type, strictly."""
    lines = sent.decode().removesuffix("\n\n").split("\n\n")
    assert lines[-1] == "data: [DONE]"
    state = ChatCompletionStreamState()
    for line in lines[:-1]:
        state.handle_chunk(ChatCompletionChunk.model_validate_json(line.removeprefix("data: "), strict=True))
    whole = state.current_completion_snapshot
    return ChatCompletion.model_validate_json(whole.model_dump_json(exclude_unset=True, warnings=False))
