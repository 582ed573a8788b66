"""What the console knows of a model, from its name, Google's list, the options and the tokens."""

from __future__ import annotations

import msgspec
import pytest

from gemini_balance.console.pages.models import Row, fits
from gemini_balance.console.pages.models.facts import (
    KINDS,
    WORDS,
    Described,
    Setting,
    Stale,
    Users,
    described,
    kind_of,
    settings_of,
    stale,
)
from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.catalog.models import Listed, suffixed
from gemini_balance.core.options import Options, Quota
from gemini_balance.gateway.stores import KeptToken, Off

FLASH = "gemini-3.6-flash"
OPTIONS = Options(
    search_models=(FLASH, "gemini-1.5-pro", "mistyped"),
    image_models=(),
    no_sampling_models=(),
    thinking_budget_map=((FLASH, 1024),),
    quota_limits=((FLASH, Quota(rpd=20)), (f"amber/{FLASH}", Quota(rpm=1))),
    create_image_model="gemini-nano-banana-2.1",
)


def _token(name: str, *models: str, off: Off = Off.NO) -> KeptToken:
    return KeptToken(id=name, digest=name.encode(), name=name, shown="", models=frozenset(models), off=off)


@pytest.mark.parametrize(
    ("name", "methods", "kind"),
    [
        (FLASH, {"generateContent", "countTokens"}, "text"),
        ("gemini-3-pro-image", {"generateContent"}, "image"),
        ("gemini-3.8-flash-tts", {"generateContent"}, "speech"),
        ("gemini-3.8-live", {"countTokens", "bidiGenerateContent"}, "live"),
        ("gemini-embedding-2", {"embedContent"}, "embedding"),
        ("imagen-4.0-generate-001", {"predict"}, "image"),
        ("veo-3.1-generate-preview", {"predictLongRunning"}, "video"),
        ("unknown", {"generateContent"}, "text"),
        ("aqa", {"generateAnswer"}, "other"),
    ],
)
def test_a_model_is_of_one_kind(name: str, methods: set[str], kind: str) -> None:
    assert kind_of(name, methods) == kind
    assert kind in KINDS == tuple(WORDS)


def test_every_option_that_may_name_a_model_says_what_it_says_of_this_one() -> None:
    assert settings_of(FLASH, OPTIONS) == (
        Setting("search_models", "SEARCH_MODELS", "models.searches", on=True),
        Setting("image_models", "IMAGE_MODELS", "models.makes_images", on=False),
        Setting("filtered_models", "FILTERED_MODELS", "models.hidden", on=False),
        Setting("no_sampling_models", "NO_SAMPLING_MODELS", "models.no_sampling", on=False),
        Setting("paid_models", "PAID_MODELS", "models.paid", on=False),
        Setting("thinking_budget_map", "THINKING_BUDGET_MAP", "models.budget", on=True, value="1024"),
        Setting(
            *("quota_limits", "QUOTA_LIMITS", "models.limits"),
            on=True,
            value=f'{{"{FLASH}":{{"rpd":20}},"amber/{FLASH}":{{"rpm":1}}}}',
        ),
        Setting("create_image_model", "CREATE_IMAGE_MODEL", "models.draws", on=False),
    )


def test_names_in_options_that_no_key_lists_are_told_once_a_list_is_known() -> None:
    assert stale(OPTIONS, {FLASH}) == (
        Stale("gemini-1.5-pro", "SEARCH_MODELS", "search_models", ALIASES["gemini-1.5-pro"]),
        Stale("mistyped", "SEARCH_MODELS", "search_models", None),
        Stale("gemini-nano-banana-2.1", "CREATE_IMAGE_MODEL", "create_image_model", None),
    )
    assert stale(OPTIONS, frozenset()) == ()


def test_a_token_may_use_a_model_by_any_of_its_names_and_counts_once() -> None:
    both, suffixed = _token("both", "a", "a-search"), _token("suffixed", "a-search")
    users = Users([_token("any"), both, suffixed, _token("other", "b"), _token("off", off=Off.OPERATOR)])
    names = frozenset({"a", "a-search"})
    assert (users.total, users.count(names), users.count(frozenset({"a"})), users.count(frozenset({"c"}))) == (
        4,
        3,
        2,
        1,
    )
    assert [token.name for token in users.who(names)] == ["any", "both", "suffixed"]


def test_what_google_says_of_a_model_is_read_where_it_can_be() -> None:
    raw = b'{"name": "models/a", "displayName": "A", "inputTokenLimit": 5, "thinking": true}'
    assert described(Listed(msgspec.Raw(raw))) == Described(display_name="A", input_token_limit=5)
    assert described(Listed(msgspec.Raw(b'{"displayName": 5}'))) == Described()


@pytest.mark.parametrize(
    ("q", "kind", "found"),
    [
        ("", "", True),
        ("3.6 -search", "text", True),
        ("SEARCH_MODELS", "", True),
        ("", "image", False),
        ("x", "", False),
    ],
)
def test_models_are_found_by_name_suffix_and_option(q: str, kind: str, *, found: bool) -> None:
    row = Row(
        FLASH,
        "Gemini 3.6 Flash",
        "text",
        suffixed(FLASH, OPTIONS.search_models, ()),
        settings_of(FLASH, OPTIONS),
        0,
        0,
        0,
        None,
        None,
    )
    assert fits(row, q, kind) is found
    assert (row.own_title, row.suffixes) == ("", ["-search", "-non-thinking"])
