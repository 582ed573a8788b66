"""Every error of ours in both envelopes."""

import json

import pytest

from gemini_balance.core import errors
from gemini_balance.core.dialects.native.dialect import NATIVE
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.errors import GatewayError

TABLE = [
    (errors.BadRequest("M.", param="p"), 400, "invalid_request_error", "INVALID_ARGUMENT", "invalid_request"),
    (errors.ContentRefused("M."), 400, "invalid_request_error", "INVALID_ARGUMENT", "content_policy_violation"),
    (errors.NotSignedIn("M."), 401, "authentication_error", "UNAUTHENTICATED", "invalid_api_key"),
    (errors.Forbidden("M."), 403, "permission_error", "PERMISSION_DENIED", "permission_denied"),
    (errors.NotFound("M."), 404, "invalid_request_error", "NOT_FOUND", "not_found"),
    (errors.ModelNotFound("M.", param="model"), 404, "invalid_request_error", "NOT_FOUND", "model_not_found"),
    (errors.MethodNotAllowed("M.", ("GET",)), 405, "invalid_request_error", "UNIMPLEMENTED", "method_not_allowed"),
    (errors.BodyStalled("M."), 408, "invalid_request_error", "DEADLINE_EXCEEDED", "request_timeout"),
    (errors.Conflict("M."), 409, "invalid_request_error", "ABORTED", "conflict"),
    (errors.TooLarge("M."), 413, "invalid_request_error", "INVALID_ARGUMENT", "request_too_large"),
    (errors.UnsupportedMediaType("M."), 415, "invalid_request_error", "INVALID_ARGUMENT", "unsupported_media_type"),
    (errors.RateLimited("M.", 3.0), 429, "rate_limit_error", "RESOURCE_EXHAUSTED", "rate_limit_exceeded"),
    (errors.PoolBusy("M.", 3.0), 429, "rate_limit_error", "RESOURCE_EXHAUSTED", "rate_limit_exceeded"),
    (errors.MinuteSpent("M.", 3.0), 429, "rate_limit_error", "RESOURCE_EXHAUSTED", "rate_limit_exceeded"),
    (errors.DaySpent("M.", 3.0), 429, "rate_limit_error", "RESOURCE_EXHAUSTED", "insufficient_quota"),
    (errors.TooManyAttempts("M.", 3.0), 429, "rate_limit_error", "RESOURCE_EXHAUSTED", "too_many_attempts"),
    (errors.UpstreamFailed("M."), 502, "server_error", "INTERNAL", "upstream_error"),
    (errors.NoKeyAvailable("M."), 503, "server_error", "UNAVAILABLE", "no_available_key"),
    (errors.UpstreamOverloaded("M."), 503, "server_error", "UNAVAILABLE", "upstream_overloaded"),
    (errors.OverloadLasts("M.", 3.0), 503, "server_error", "UNAVAILABLE", "upstream_overloaded"),
    (errors.ShuttingDown("M."), 503, "server_error", "UNAVAILABLE", "shutting_down"),
    (errors.StoreAway("M."), 503, "server_error", "UNAVAILABLE", "store_unavailable"),
    (errors.UpstreamTimeout("M."), 504, "server_error", "DEADLINE_EXCEEDED", "upstream_timeout"),
    (GatewayError("M."), 500, "server_error", "INTERNAL", "internal_error"),
]
NAMES = [type(row[0]).__name__ for row in TABLE]


@pytest.mark.parametrize(("error", "status", "kind", "grpc", "code"), TABLE, ids=NAMES)
def test_an_error_has_openais_four_keys(error: GatewayError, status: int, kind: str, grpc: str, code: str) -> None:
    body = {"message": "M.", "type": kind, "param": error.param, "code": code}
    assert (error.status, json.loads(OPENAI.error(error))) == (status, {"error": body})


@pytest.mark.parametrize(("error", "status", "kind", "grpc", "code"), TABLE, ids=NAMES)
def test_an_error_has_googles_envelope_and_says_that_it_is_ours(
    error: GatewayError, status: int, kind: str, grpc: str, code: str
) -> None:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": code.upper(),
        "domain": "gemini-balance",
    }
    body = {"code": status, "message": "M.", "status": grpc, "details": [info]}
    assert json.loads(NATIVE.error(error)) == {"error": body}


def test_the_table_holds_every_error() -> None:
    every = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, GatewayError)}
    assert {type(row[0]) for row in TABLE} == every
