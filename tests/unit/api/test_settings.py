"""Boot settings from the environment, `.env` and files."""

from pathlib import Path

import pytest

from gemini_balance.core.keys import Entry, key_id
from gemini_balance.core.options import OptionError, Options
from gemini_balance.settings import GOOGLE, environment, load, parse_keys, with_paid

A, B = (Entry(key=secret) for secret in ("AQ.aaa", "AIzaBBB"))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ()),
        ("AQ.aaa", (A,)),
        (" AQ.aaa , AIzaBBB\n", (A, B)),
        ("AQ.aaa\nAQ.aaa\nAIzaBBB", (A, B)),
        ('["AQ.aaa", " AIzaBBB "]', (A, B)),
        ("[]", ()),
        (
            '["AQ.aaa", {"key": "AIzaBBB", "project": "p", "weight": 3, "models": ["m"]}]',
            (A, Entry(key="AIzaBBB", project="p", weight=3, models=frozenset({"m"}))),
        ),
        ('[{"key": "AQ.aaa", "weight": 2}, "AQ.aaa"]', (Entry(key="AQ.aaa", weight=2),)),
    ],
)
def test_keys_may_be_written_in_several_ways(text: str, keys: tuple[Entry, ...]) -> None:
    assert parse_keys(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        '["AQ.hidden"',
        '["AQ.hidden", 7]',
        '[{"key": "AQ.hidden", "projcet": "p"}]',
        '[{"project": "AQ.hidden"}]',
        '["AQ.hidden x"]',
        '[{"key": "AQ.hidden", "weight": 0}]',
    ],
)
def test_keys_that_can_not_be_taken_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(ValueError, match="api_keys") as refused:
        load({"API_KEYS": text, "ALLOWED_TOKENS": "t"})
    assert "hidden" not in str(refused.value)


def test_a_keys_id_is_stable_and_tells_nothing() -> None:
    assert key_id("AQ.secret") == key_id("AQ.secret") != key_id("AQ.secreu")
    assert "secret" not in key_id("AQ.secret")


def test_settings_show_no_secret() -> None:
    values = {
        "API_KEYS": "AQ.hidden",
        "ALLOWED_TOKENS": "hidden",
        "AUTH_TOKEN": "hidden",
        "PROXIES": "http://u:hidden@p",
    }
    assert "hidden" not in repr(load(values)[0])


def test_the_paid_key_is_a_key_of_its_own() -> None:
    settings, _ = load({"API_KEYS": "AQ.aaa,AIzaBBB", "PAID_KEY": " AIzaBBB "})
    paid = Entry(key="AIzaBBB", paid=True)
    assert with_paid(settings.api_keys, settings.paid_key) == (A, paid)
    assert with_paid(settings.api_keys, "") == (A, B)


def test_a_paid_key_that_can_not_be_taken_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="paid_key") as refused:
        load({"PAID_KEY": "AQ.hidden x"})
    assert "AQ.hidden" not in str(refused.value)


def test_nothing_set_gives_the_defaults() -> None:
    settings, options = load({"PORT": " ", "MAX_RETRIES": ""})
    assert (settings.base_url, settings.port, settings.api_keys, options) == (GOOGLE, 8000, (), Options())


def test_values_are_taken_by_their_names() -> None:
    values = {
        "HOST": "127.0.0.1",
        "PORT": "9000",
        "API_KEYS": "AQ.aaa",
        "ALLOWED_TOKENS": '["t1", "t2"]',
        "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "SHUTDOWN_TIMEOUT": "5",
        "MAX_RETRIES": "7",
        "HOME": "/ignored",
    }
    settings, options = load(values)
    assert (dict(settings.model_dump(exclude_unset=True)), options) == (
        {
            "host": "127.0.0.1",
            "port": 9000,
            "api_keys": (A,),
            "allowed_tokens": ("t1", "t2"),
            "trusted_proxies": ("10.0.0.0/8", "::1"),
            "shutdown_timeout": 5.0,
        },
        Options(max_retries=7),
    )


@pytest.mark.parametrize(
    ("name", "text"), [("PORT", "70000"), ("PORT", "http"), ("SHUTDOWN_TIMEOUT", "-1"), ("ALLOWED_TOKENS", "[1]")]
)
def test_a_bad_setting_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=name.lower()):
        load({name: text})


def test_a_bad_option_is_refused_by_its_name() -> None:
    with pytest.raises(OptionError, match="TIME_OUT"):
        load({"TIME_OUT": "never"})


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("API_KEYS", "API_KEYS_FILE", "ALLOWED_TOKENS", "AUTH_TOKEN", "AUTH_TOKEN_FILE", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_environment_overrides_the_file(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('PORT=1\nAPI_KEYS=["AQ.aaa"]\nALLOWED_TOKENS\n')
    clean.setenv("PORT", "2")
    found = environment(tmp_path)
    assert [found.get(name) for name in ("PORT", "API_KEYS", "ALLOWED_TOKENS")] == ["2", '["AQ.aaa"]', None]


def test_a_value_may_lie_in_a_file(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("AQ.aaa\n")
    (tmp_path / "other").write_text("never read")
    clean.setenv("API_KEYS_FILE", str(tmp_path / "keys"))
    clean.setenv("AUTH_TOKEN_FILE", str(tmp_path / "other"))
    clean.setenv("AUTH_TOKEN", "direct")
    clean.setenv("UNKNOWN_FILE", "/does/not/exist")
    found = environment(tmp_path)
    assert (found["API_KEYS"], found["AUTH_TOKEN"]) == ("AQ.aaa", "direct")
