"""Google's own protocol in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS, Call, Framing, Operation
from gemini_balance.core.dialects.native.encoder import NativeEncoder, error_body
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.core.call import Inbound
    from gemini_balance.core.dialects.protocol import Moment
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.signatures import SignatureStore
    from gemini_balance.core.options import Options

# Exactly one credential may reach Google, and it is ours; a caller's own are for our door only.
CREDENTIALS = frozenset({"key", "access_token", "oauth_token", "api_key"})
FORWARDED = (b"x-goog-api-client", b"content-encoding", b"x-server-timeout", b"api-revision")
STRICT_PREFIX = "/gemini/"
VERTEX_PREFIX = "/vertex-express/"
_any_json = msgspec.json.Decoder(msgspec.Raw)


class NativeDialect:
    """`/gemini/v1beta`, `/v1beta` and `/vertex-express/v1beta`: every unknown field and parameter passes through."""

    name = "native"

    def decode(self, operation: Operation, inbound: Inbound) -> Call:
        query = inbound.query.decode("latin-1")
        if inbound.method == "POST" and b"content-encoding" not in inbound.headers:
            _check_json(inbound.body)
        model, _, method = inbound.target.partition(":") if operation is Operation.METHOD else (inbound.target, "", "")
        return Call(
            operation,
            model,
            framing=_framing(operation, query),
            method=method,
            raw=inbound.body,
            version=_version(inbound.path),
            query=without_credentials(query),
            headers=_forwarded(inbound.headers),
            verbatim=True,
            single_attempt=inbound.path.startswith(STRICT_PREFIX),
            upstream=VERTEX_EXPRESS if inbound.path.startswith(VERTEX_PREFIX) else GEMINI_API,
            patience=_seconds(inbound.headers.get(b"x-server-timeout", b"")),
        )

    def encoder(
        self, call: Call, moment: Moment, options: Options, signatures: SignatureStore | None = None
    ) -> NativeEncoder:
        return NativeEncoder(call.framing)

    def error(self, error: GatewayError) -> bytes:
        return encode(error_body(error))

    def models(self, names: Iterable[str], created: int) -> bytes:
        return encode({"models": [{"name": f"models/{name}"} for name in names]})

    def model(self, name: str, created: int) -> bytes:
        return encode({"name": f"models/{name}"})


NATIVE = NativeDialect()


def without_credentials(query: str) -> str:
    """What of a query is for Google; the rest stays as it came."""
    return "&".join(pair for pair in query.split("&") if pair and _name(pair) not in CREDENTIALS)


def _check_json(body: bytes) -> None:
    """Google answers this too, but its answer would cost a key's quota."""
    try:
        _any_json.decode(body)
    except msgspec.DecodeError as error:
        raise BadRequest(f"Invalid JSON payload received. {error}") from error


def _framing(operation: Operation, query: str) -> Framing:
    if operation is Operation.METHOD:
        return Framing.RAW
    if operation is not Operation.STREAM:
        return Framing.WHOLE
    wanted = dict(parse_qsl(query))
    return Framing.SSE if "sse" in (wanted.get("alt"), wanted.get("$alt")) else Framing.ARRAY


def _version(path: str) -> str:
    house = next((one for one in (STRICT_PREFIX, VERTEX_PREFIX) if path.startswith(one)), "/")
    return path.removeprefix(house).partition("/")[0]


def _name(pair: str) -> str:
    return parse_qsl(pair, keep_blank_values=True)[0][0].lower() if "%" in pair else pair.partition("=")[0].lower()


def _forwarded(headers: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode(), headers[name].decode("latin-1")) for name in FORWARDED if name in headers)


def _seconds(value: bytes) -> float | None:
    return float(value) if value.isdigit() and int(value) > 0 else None
