"""Error answers as Google lays them out, for the tests of what they mean."""

import json
from typing import Any

MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
TOKENS_MINUTE = "GenerateContentInputTokensPerModelPerMinute-FreeTier"
TOKENS_DAY = "GenerateContentInputTokensPerModelPerDay-FreeTier"
PAID_TOKENS_MINUTE = "GenerateContentPaidTierInputTokensPerModelPerMinute"
OLD_MINUTE = "GenerateContentRequestsPerMinutePerProjectPerRegion"
OLD_DAY = "GenerateContentRequestsPerDayPerProject"
HELP = {"@type": "type.googleapis.com/google.rpc.Help", "links": [{"url": "https://ai.google.dev/rate-limits"}]}
FORBIDDEN_PAGE = (
    b"<!DOCTYPE html>\n<html lang=en><title>Error 403 (Forbidden)!!1</title><style>*{margin:0}</style>"
    b"<p><b>403.</b> <ins>That\xe2\x80\x99s an error.</ins>\n"
    b"<p>Your client does not have permission to get URL <code>/v1beta/models</code> from this server."
)
SORRY_PAGE = (
    b"<html><head><title>Sorry...</title></head><body>We're sorry... but your computer or network may be sending "
    b"automated queries. To protect our users, we can't process your request right now.</body></html>"
)


def error(status: int, message: str = "", *details: dict[str, Any], word: str = "") -> bytes:
    said = {"code": status, "message": message, "details": list(details)} | ({"status": word} if word else {})
    return json.dumps({"error": said}).encode()


def info(reason: str, **metadata: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}


def old_quota(limit: str, value: str = "60") -> dict[str, Any]:
    return info("RATE_LIMIT_EXCEEDED", quota_limit=limit, quota_limit_value=value, consumer="projects/7")


def quota(*ids: str, value: str = "20", model: str = "gemini-3-flash") -> dict[str, Any]:
    return failure(*({"quotaId": name, "quotaValue": value, "quotaDimensions": {"model": model}} for name in ids))


def failure(*violations: dict[str, Any]) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": list(violations)}


def retry(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}
