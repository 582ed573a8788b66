"""The errors that this Google can say, by name.

In the texts the words KEY, CONSUMER, PROJECT, MODEL, POOL, METHOD, RPC, VERSION and FILE stand for the request's own.
"""

import re

from msgspec import Struct
from msgspec.structs import replace

from gemini_balance.simulator.errors import (
    DAY,
    FREE_REQUESTS,
    FREE_TOKENS,
    LIMITS_PAGE,
    MINUTE,
    PAID_MINUTE,
    PAID_TOKENS,
    SERVICE,
    TOKENS,
    TOKENS_DAY,
    Problem,
    Violation,
    explained,
    help_link,
    info,
    quota_failure,
)
from gemini_balance.simulator.json_types import Json, Object

SPEND_PAGE = "https://ai.studio/projects"

_KEY_INVALID = "API key not valid. Please pass a valid API key."
_KEY_EXPIRED = "API key expired. Please renew the API key."
_KEY_NOT_FOUND = "API Key not found. Please pass a valid API key."
_OAUTH = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_NO_KEYS = (
    "API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that "
    "assert a principal. See https://cloud.google.com/docs/authentication"
)
_SUSPENDED = "Permission denied: Consumer 'api_key:KEY' has been suspended."
_BLOCKED = f"Requests to this API {SERVICE} method RPC are blocked."
_ACTIVATION = f"https://console.developers.google.com/apis/api/{SERVICE}/overview?project=PROJECT"
_DISABLED = (
    "Generative Language API has not been used in project PROJECT before or it is disabled. Enable it by visiting "
    f"{_ACTIVATION} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to "
    "our systems and retry."
)
_BILLING = (
    "This API method requires billing to be enabled. Please enable billing on project #PROJECT by visiting "
    "https://console.developers.google.com/billing/enable?project=PROJECT then retry. If you enabled billing for "
    "this project recently, wait a few minutes for the action to propagate to our systems and retry."
)
_NOT_FOUND = (
    "models/MODEL is not found for API version VERSION, or is not supported for METHOD. Call ModelService.ListModels "
    "to see the list of available models and their supported methods."
)
_OLD_MINUTE = (
    "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request "
    f"limit per minute for a region' of service '{SERVICE}' for consumer 'project_number:PROJECT'."
)
_PLAIN_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this "
    f"error, head to: {LIMITS_PAGE}."
)
_GET_HTML = (
    "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error CODE (TITLE)!!1</title>\n"
    "<p><b>CODE.</b> <ins>That’s an error.</ins>\n<p>TEXT\n"
)


def _page(code: int, title: str, text: str) -> Problem:
    page = _GET_HTML.replace("CODE", str(code)).replace("TITLE", title).replace("TEXT", text)
    return Problem(code, page, shape="html", status="UNKNOWN")


def _restricted(what: str, reason: str) -> Problem:
    return explained(403, f"Requests {what} are blocked.", reason, consumer="CONSUMER")


NAMED: dict[str, Problem] = {
    # the key
    "key_invalid": explained(400, _KEY_INVALID, "API_KEY_INVALID"),
    "key_expired": explained(400, _KEY_EXPIRED, "API_KEY_INVALID"),
    "key_not_found": explained(400, _KEY_NOT_FOUND, "API_KEY_INVALID"),
    "oauth": Problem(401, _OAUTH, details=(info("ACCESS_TOKEN_TYPE_UNSUPPORTED", method="RPC"),)),
    "credentials_missing": Problem(401, _OAUTH, details=(info("CREDENTIALS_MISSING", method="RPC"),)),
    "leaked": Problem(403, "Your API key was reported as leaked. Please use another API key."),
    "service_blocked": explained(
        403, _BLOCKED, "API_KEY_SERVICE_BLOCKED", consumer="CONSUMER", apiName=SERVICE, methodName="RPC"
    ),
    "referrer_blocked": _restricted("from referer <empty>", "API_KEY_HTTP_REFERRER_BLOCKED"),
    "ip_blocked": explained(
        403,
        "The provided API key has an IP address restriction. The originating IP address of the call (127.0.0.1) "
        "violates this restriction.",
        "API_KEY_IP_ADDRESS_BLOCKED",
        consumer="CONSUMER",
    ),
    "android_blocked": _restricted("from this Android client application <empty>", "API_KEY_ANDROID_APP_BLOCKED"),
    "ios_blocked": _restricted("from this iOS client application <empty>", "API_KEY_IOS_APP_BLOCKED"),
    # the credentials of the call
    "multiple_credentials": Problem(400, "Multiple authentication credentials received. Please pass only one."),
    "unregistered": Problem(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
        "other form of API consumer identity to call this API.",
    ),
    # the project
    "suspended": explained(403, _SUSPENDED, "CONSUMER_SUSPENDED", consumer="CONSUMER", containerInfo="api_key:KEY"),
    "service_disabled": Problem(
        403,
        _DISABLED,
        details=(
            help_link("Google developers console API activation", _ACTIVATION),
            info("SERVICE_DISABLED", consumer="CONSUMER"),
        ),
    ),
    "billing_disabled": explained(403, _BILLING, "BILLING_DISABLED", consumer="CONSUMER"),
    "consumer_invalid": explained(
        403, "Permission denied on resource project PROJECT.", "CONSUMER_INVALID", consumer="CONSUMER"
    ),
    "prepay_depleted_402": Problem(
        402,
        f"Your prepayment credits are depleted. Please go to AI Studio at {SPEND_PAGE} to manage your project and "
        "billing.",
    ),
    "prepay_depleted": Problem(
        429,
        f"Your prepayment credits are depleted. Please go to AI Studio at {SPEND_PAGE} to manage your project and "
        "billing.",
    ),
    "spend_cap": Problem(
        429,
        "Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to "
        "manage your project spend cap.",
    ),
    "location": Problem(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
    "free_tier_region": Problem(
        400,
        "Gemini API free tier is not available in your country. Please enable billing on your project in Google AI "
        "Studio.",
        "FAILED_PRECONDITION",
    ),
    # resources and models
    "cached_content": Problem(403, "CachedContent not found (or permission denied)"),
    "billed_only": Problem(400, "Imagen API is only accessible to billed users at this time."),
    "file_permission": Problem(403, "You do not have permission to access the File FILE or it may not exist."),
    "file_inactive": Problem(
        400, "The File FILE is not in an ACTIVE state and usage is not allowed.", "FAILED_PRECONDITION"
    ),
    "store_permission": Problem(
        403, "You do not have permission to access the FileSearchStore FILE or it may not exist."
    ),
    "document_missing": Problem(404, "Documents does not exist."),
    "corpus_permission": Problem(403, "You do not have permission to access the Corpus FILE or it may not exist."),
    "generated_permission": Problem(
        403, "You do not have permission to access the GeneratedFile FILE or it may not exist."
    ),
    "tuned_permission": Problem(403, "You do not have permission to access tuned model tunedModels/FILE."),
    "entity_not_found": Problem(404, "Requested entity was not found."),
    "entity_exists": Problem(409, "Requested entity already exists"),
    "api_keys_refused": Problem(401, _NO_KEYS, details=(info("CREDENTIALS_MISSING", method="RPC"),)),
    "cached_content_small": Problem(
        400, "Cached content is too small. total_token_count=97, min_total_token_count=1024"
    ),
    "model_not_found": Problem(404, _NOT_FOUND),
    "new_users": Problem(
        404,
        "This model models/MODEL is no longer available to new users. Please update your code to use a newer model "
        "for the latest features and improvements.",
    ),
    "shut_down": Problem(
        404,
        "models/MODEL has been shut down. Please use models/gemini-flash-latest instead.",
    ),
    # quota
    "rpm": quota_failure([Violation(FREE_REQUESTS, MINUTE, 10, "POOL")], 34.074824224),
    "tpm": quota_failure([Violation(FREE_TOKENS, TOKENS, 250_000, "POOL")], 34.5),
    "tpm_paid": quota_failure([Violation(PAID_TOKENS, PAID_MINUTE, 1_000_000, "POOL")], 48.939935699),
    "rpd": quota_failure([Violation(FREE_REQUESTS, DAY, 20, "POOL")], 31.621620667),
    "no_quota": quota_failure(
        [
            Violation(FREE_REQUESTS, DAY, 0, "POOL"),
            Violation(FREE_REQUESTS, MINUTE, 0, "POOL"),
            Violation(FREE_TOKENS, TOKENS, 0, "POOL"),
            Violation(FREE_TOKENS, TOKENS_DAY, 0, "POOL"),
        ],
        45.578569677,
    ),
    "old_rpm": Problem(
        429,
        _OLD_MINUTE,
        details=(
            info(
                "RATE_LIMIT_EXCEEDED",
                quota_metric=f"{SERVICE}/generate_content_requests",
                quota_location="us-west4",
                quota_limit="GenerateContentRequestsPerMinutePerProjectPerRegion",
                quota_limit_value="60",
                consumer="CONSUMER",
            ),
            help_link("Request a higher quota limit.", "https://cloud.google.com/docs/quota#requesting_higher_quota"),
        ),
    ),
    "help_only": Problem(429, _PLAIN_QUOTA, details=(help_link("Learn more about Gemini API quotas", LIMITS_PAGE),)),
    "check_quota": Problem(429, "Resource has been exhausted (e.g. check quota)."),
    "capacity": Problem(
        429,
        "Resource exhausted. Please try again later. Please refer to "
        "https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.",
    ),
    # the service
    "overload": Problem(
        503,
        "This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again "
        "later.",
    ),
    "overloaded": Problem(503, "The model is overloaded. Please try again later."),
    "internal": Problem(
        500,
        "An internal error has occurred. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting",
    ),
    "deadline": Problem(504, "Deadline expired before operation could complete."),
    "cancelled": Problem(499, "The operation was cancelled."),
    "html_502": _page(
        502,
        "Server Error",
        "The server encountered a temporary error and could not complete your request. Please try again in 30 seconds.",
    ),
    "page_404": _page(404, "Not Found", "The requested URL was not found on this server."),
    "array_400": Problem(400, 'Invalid JSON payload received. Unknown name "store": Cannot find field.', shape="array"),
    "array_503": Problem(503, "The model is overloaded. Please try again later.", shape="array"),
    # the request
    "text_only": Problem(400, "This model only supports text output."),
    "invalid_argument": Problem(400, "Request contains an invalid argument."),
    "too_large": Problem(400, "Request payload size exceeds the limit: 104857600 bytes."),
}


class Subject(Struct, frozen=True):
    """The request that an error speaks about."""

    key: str = ""
    project_number: str = "000000000000"
    model: str = ""
    pool: str = ""
    method: str = "generateContent"
    version: str = "v1beta"
    file: str = "abc-123"

    def words(self) -> tuple[tuple[str, str], ...]:
        """What stands for each capital word of the table."""
        rpc = (
            f"google.ai.generativelanguage.{self.version}.GenerativeService.{self.method[:1].upper()}{self.method[1:]}"
        )
        return (
            ("KEY", self.key),
            ("CONSUMER", f"projects/{self.project_number}"),
            ("PROJECT", self.project_number),
            ("MODEL", self.model),
            ("POOL", self.pool or self.model),
            ("METHOD", self.method),
            ("RPC", rpc),
            ("VERSION", self.version),
            ("FILE", self.file),
        )


def named(name: str, subject: Subject) -> Problem:
    """The table's problem `name`, speaking about `subject`."""
    words = dict(subject.words())
    problem = NAMED[name]
    details = tuple(_filled(detail, words) for detail in problem.details)
    return replace(problem, message=_fill(problem.message, words), details=details)


# Whole words only: the reason CONSUMER_SUSPENDED is a name of Google's, not a gap to fill.
_WORD = re.compile(r"\b(KEY|CONSUMER|PROJECT|MODEL|POOL|METHOD|RPC|VERSION|FILE)\b")


def _fill(text: str, words: dict[str, str]) -> str:
    return _WORD.sub(lambda found: words[found.group()], text)


def _filled(value: Object, words: dict[str, str]) -> Object:
    return {name: _filled_value(item, words) for name, item in value.items()}


def _filled_value(value: Json, words: dict[str, str]) -> Json:
    if isinstance(value, str):
        return _fill(value, words)
    if isinstance(value, list):
        return [_filled_value(item, words) for item in value]
    return _filled(value, words) if isinstance(value, dict) else value
