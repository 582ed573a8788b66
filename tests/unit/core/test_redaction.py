"""Nothing that opens a door is left in a text, and everything else is."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gemini_balance.core.redaction import HIDDEN, SHORTEST, Redactor, redact, redact_bytes

GOOGLE = "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"
NEW = "AQ.Ab8RN6IexampleOfTheNewerShape_1234"
SECRETS = (GOOGLE, NEW, "gb-hunter-0123", "p:4ss/w0rd@1", 'quo"ted\\one', "with a space", "ünïcödé")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"API key not valid: {GOOGLE}.", "API key not valid: REDACTED."),
        (f"line\\n{NEW}\\nline", "line\\nREDACTED\\nline"),
        ("token ya29.a0AfH6SMB_x", "token REDACTED"),
        ('{"name":"auth_tokens/3f2c-aa"}', '{"name":"auth_tokens/REDACTED"}'),
        ("using sk-abcdefghijklmnop1234 now", "using REDACTED now"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer REDACTED"),
        ("authorization=Basic dXNlcjpwYXNz", "authorization=Basic REDACTED"),
        ("{'authorization': 'Bearer abc', 'x': 1}", "{'authorization': 'Bearer REDACTED', 'x': 1}"),
        ("(b'x-goog-api-key', b'abc'), (b'a', b'b')", "(b'x-goog-api-key', b'REDACTED'), (b'a', b'b')"),
        ('{\\"X-Goog-Api-Key\\": \\"abc\\"}', '{\\"X-Goog-Api-Key\\": \\"REDACTED\\"}'),
        ("bearer%20abc", "bearer%20REDACTED"),
        ("Cookie: a=1; b=2\r\nHost: x", "Cookie: REDACTED\r\nHost: x"),
        ("GET /v1/models?key=abc&alt=sse", "GET /v1/models?key=REDACTED&alt=sse"),
        ("to=http%3A%2F%2Fa%3Fkey%3Dabc%26b", "to=http%3A%2F%2Fa%3Fkey%3DREDACTED%26b"),
        ("upload at https://g/u?upload_id=abc", "upload at https://g/u?upload_id=REDACTED"),
        ("no room for key=0123456789abcdef0", "no room for key=REDACTED"),
        ('{"key":"0123456789abcdef01234"}', '{"key":"REDACTED"}'),
        ("http://user:pass@proxy:3128 failed", "http://user:REDACTED@proxy:3128 failed"),
        ("socks5://:pa:s@proxy", "socks5://:REDACTED@proxy"),
        ("postgresql+psycopg://gb:s3cret@db/x", "postgresql+psycopg://gb:REDACTED@db/x"),
        ("SECRET_KEY=abc", "SECRET_KEY=REDACTED"),
        ("secret_key = 'a b c', next", "secret_key = 'REDACTED', next"),
        ('{"password": "hunter2 3", "n": 1}', '{"password": "REDACTED", "n": 1}'),
        ("API_KEYS=a,b,c PORT=1", "API_KEYS=REDACTED PORT=1"),
        ('ALLOWED_TOKENS=["a", "b"] PORT=1', "ALLOWED_TOKENS=REDACTED PORT=1"),
        ("OSS_ACCESS_KEY_SECRET: abc", "OSS_ACCESS_KEY_SECRET: REDACTED"),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/REDACTED"),
        ("https://discord.com/api/webhooks/1/abc-d", "https://discord.com/api/webhooks/REDACTED"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/a-b", "https://open.feishu.cn/open-apis/bot/v2/hook/REDACTED"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END", "REDACTED-----END"),
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden_and_nothing_else(text: str, left: str) -> None:
    assert redact(text) == left
    assert redact_bytes(text.encode()) == left.encode()


@pytest.mark.parametrize(
    "text",
    [
        "See FAQ.html about the keys of this project.",
        '{"usage": {"prompt_tokens": 12, "total_tokens": 30}, "max_tokens": 5}',
        '{"attempts":[{"key":"key-0123456789","cause":"answered","status":200}]}',
        '{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}',
        "No client token is set: every call gets 401. Put tokens into ALLOWED_TOKENS.",
        "https://example.com/a/b?alt=sse&n=1#key",
        "risk-assessment-of-the-whole-plan",
        "sorted(keys, key=len)",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_what_was_redacted_once_is_left_as_it_is(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(SECRETS)), max_size=6), st.sampled_from(["", " ", "="]))
def test_no_known_secret_is_left_in_any_text(pieces: list[str], between: str) -> None:
    left = Redactor(SECRETS).redact(between.join(pieces))
    assert [secret for secret in SECRETS if secret in left] == []


@given(st.lists(st.text(min_size=SHORTEST, max_size=12), min_size=1, max_size=5), st.text(), st.text())
def test_whatever_is_known_is_hidden_wherever_it_stands(secrets: list[str], before: str, after: str) -> None:
    assume(not any(secret in HIDDEN * 3 for secret in secrets))
    for secret in secrets:
        left = Redactor(secrets).redact(f"{before}{secret}{after}")
        assert secret not in left.replace(HIDDEN, "\0")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_known_secret_is_hidden_as_json_an_address_and_a_listing_spell_it(secret: str) -> None:
    redactor = Redactor(SECRETS)
    for spelled in (json.dumps(secret)[1:-1], quote(secret, safe=""), quote(secret), repr(secret)[1:-1]):
        assert redactor.redact(f"<{spelled}>") == f"<{HIDDEN}>"


def test_the_credentials_of_a_proxy_are_hidden_as_it_is_told_them() -> None:
    assert Redactor(["user:pass"]).redact("sent dXNlcjpwYXNz") == "sent REDACTED"


def test_the_longest_of_secrets_that_begin_alike_is_hidden() -> None:
    assert Redactor(["abcdef", "abcdefgh"]).redact("abcdefghi abcdefg") == "REDACTEDi REDACTEDg"


def test_what_is_learnt_later_is_hidden_even_in_words_that_were_looked_at_before() -> None:
    redactor = Redactor()
    assert redactor.brief("/v1/late-secret") == "/v1/late-secret"
    redactor.learn(["late-secret"])
    assert redactor.brief("/v1/late-secret") == f"/v1/{HIDDEN}"


def test_bytes_that_are_no_text_come_back_as_they_were() -> None:
    assert Redactor(["hunter-22"]).redact_bytes(b"\xff\xfehunter-22\x00\x80") == b"\xff\xfeREDACTED\x00\x80"


HOSTILE = (
    ("AIza", ""), ("AQ.", ""), ("a", ""), ("://a:", ""), ("API_KEYS=[", ""), ('secret="', ""), ("Bearer ", ""),
    ("sk-", ""), ("key=", ""), ("?key=", ""), ("secret_", "="), ("\\", '"'), ("cookie", ":"), ("/hook/", ""),
    ("-----BEGIN PRIVATE KEY-----", ""), ("authorization: ", ""), ("sk-" + "a" * 15 + " ", ""), ("'key' : '", "x"),
)  # fmt: skip


@pytest.mark.parametrize(("piece", "end"), HOSTILE, ids=[piece[:12] for piece, _ in HOSTILE])
def test_no_text_takes_longer_than_its_length_says(piece: str, end: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece)) + end
        began = time.process_time()
        redact(text)
        return time.process_time() - began

    short, long = min(seconds(20_000) for _ in range(3)), min(seconds(160_000) for _ in range(2))
    assert long < 8 * short * 3 + 0.02


def test_a_hundred_thousand_known_secrets_cost_no_more_than_ten() -> None:
    keys = [f"AIzaSy{number:033d}" for number in range(100_000)]
    line = f'{{"event": "Request failed", "path": "/hf/v1/chat/completions", "key": "{keys[77_777]}"}}'
    few, many = Redactor(keys[-10:] + keys[77_777:77_778]), Redactor(keys)

    def seconds(redactor: Redactor) -> float:
        began = time.process_time()
        for _ in range(300):
            assert keys[77_777] not in redactor.redact(line)
        return time.process_time() - began

    assert min(seconds(many) for _ in range(3)) < 3 * min(seconds(few) for _ in range(3)) + 0.01
