"""The form in which Google is asked, where it is not the one the caller asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.gemini.long_decode import unary_limit
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from gemini_balance.core.call import Call
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.options import Options
    from gemini_balance.core.pool import KeyId


def delivered(route: Route, call: Call, options: Options) -> Route:
    """A stream where a unary reply would be too short, a unary reply where an option wants it; native: as asked."""
    if call.request is None or route.operation not in (Operation.GENERATE, Operation.STREAM):
        return route
    config = call.request.generation_config
    too_long = ((config and config.max_output_tokens) or 0) > unary_limit(route.model)
    if route.operation is Operation.GENERATE and too_long:
        return replace(route, operation=Operation.STREAM, framing=Framing.SSE, path=_path(route, Operation.STREAM))
    if faked(call, options) and not too_long:
        return replace(
            route, operation=Operation.GENERATE, framing=Framing.WHOLE, path=_path(route, Operation.GENERATE)
        )
    return route


def faked(call: Call, options: Options) -> bool:
    """Is a stream to be made of a whole answer?"""
    return options.fake_stream_enabled and call.request is not None and call.operation is Operation.STREAM


def further(route: Route, token: str, key: KeyId) -> Route:
    """The same request, to the key that began the answer, for what comes after `token`."""
    asked = route.body.rstrip().removesuffix(b"}")
    comma = b"" if asked.endswith(b"{") else b","
    body = b'%b%b"continuationToken":%b}' % (asked, comma, encode(token))
    return replace(route, body=body, demand=replace(route.demand, pinned=key, again=True))


def _path(route: Route, operation: Operation) -> str:
    query = "?alt=sse" if operation is Operation.STREAM else ""
    return f"{route.path.partition(':')[0]}:{operation}{query}"
