"""What a process knows to be secret, from its settings."""

from gemini_balance.app.known import known_secrets
from gemini_balance.settings import Settings, load

SECRETS = {
    "API_KEYS": "AIzaSy-one,AIzaSy-two",
    "VERTEX_API_KEYS": "AIzaSy-three",
    "PAID_KEY": "AIzaSy-paid",
    "ALLOWED_TOKENS": "sk-client",
    "AUTH_TOKEN": "the-operator",
    "METRICS_TOKEN": "the-scraper",
    "SECRET_KEY": "the-key-of-all-keys",
    "SMMS_SECRET_TOKEN": "the-smms",
    "PICGO_API_KEY": "the-picgo",
    "CLOUDFLARE_IMGBED_AUTH_CODE": "the-imgbed",
    "OSS_ACCESS_KEY": "the-oss",
    "OSS_ACCESS_KEY_SECRET": "the-oss-secret",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=the-collector",
}
ADDRESSES = {
    "DATABASE_URL": "postgresql://gb:p%40ss@db/x",
    "PROXIES": "http://me:proxy-pass@proxy:1",
    "BASE_URL": "http://plain",
}


def test_all_keys_tokens_and_passwords_are_known() -> None:
    settings, _ = load(SECRETS | ADDRESSES)
    given = {value for name, value in SECRETS.items() if name != "OTEL_EXPORTER_OTLP_HEADERS"}
    one, two = (given - {SECRETS["API_KEYS"]}, {"AIzaSy-one", "AIzaSy-two"})
    passwords = {"p%40ss", "p@ss", "gb:p%40ss", "gb:p@ss", "proxy-pass", "me:proxy-pass"}
    assert set(known_secrets(settings)) == one | two | passwords | {"the-collector"}


def test_every_setting_that_is_not_shown_is_known() -> None:
    hidden = {name.upper() for name, field in Settings.model_fields.items() if not field.repr}
    assert hidden - {*SECRETS, *ADDRESSES} == set()
