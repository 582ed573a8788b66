"""The secrets that a process knows from its settings, so that none of them is ever written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.redaction import credentials_in
from gemini_balance.settings import with_paid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.settings import Settings

PLAIN = (
    "auth_token",
    "metrics_token",
    "secret_key",
    "smms_secret_token",
    "picgo_api_key",
    "cloudflare_imgbed_auth_code",
    "oss_access_key",
    "oss_access_key_secret",
)
ADDRESSES = ("database_url", "base_url", "vertex_express_base_url", "picgo_api_url", "cloudflare_imgbed_url")


def known_secrets(settings: Settings) -> Iterator[str]:
    """Keys, tokens, passwords; without what is empty."""
    keys = *with_paid(settings.api_keys, settings.paid_key), *settings.vertex_api_keys
    plain = (getattr(settings, name) for name in PLAIN)
    addresses = (*(getattr(settings, name) for name in ADDRESSES), *settings.proxies)
    collector = (pair.partition("=")[2].strip() for pair in settings.otel_exporter_otlp_headers.split(","))
    credentials = (secret for address in addresses for secret in credentials_in(address))
    yield from filter(
        None, (*(entry.key for entry in keys), *settings.allowed_tokens, *plain, *collector, *credentials)
    )
