"""What a route depends on beside the call: the moment's options, and what the upstream lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.gemini.signatures import SignatureStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Set
    from datetime import date

    from gemini_balance.core.gemini.request_schema import Tool
    from gemini_balance.core.options import Options


class Config(msgspec.Struct, frozen=True):
    """Put together once for many calls."""

    listed: Set[str]
    search_models: Set[str]
    today: date
    native_failover: str = ""  # on, off, or what the prefix says
    image_models: Set[str] = frozenset()
    no_sampling_models: Set[str] = frozenset()
    thinking_budgets: Mapping[str, int] = {}
    safety: tuple[tuple[str, str], ...] = ()  # category, threshold
    built_in: tuple[Tool, ...] = ()  # tools of Google's that every call may use
    show_thoughts: bool = False
    paid_models: Set[str] = frozenset()
    signatures: SignatureStore = msgspec.field(default_factory=SignatureStore)


def config_of(options: Options, listed: Set[str], today: date, signatures: SignatureStore) -> Config:
    switches = {"codeExecution": options.tools_code_execution_enabled, "urlContext": options.url_context_enabled}
    return Config(
        listed=listed,
        search_models=frozenset(options.search_models),
        today=today,
        native_failover=options.native_failover,
        image_models=frozenset(options.image_models),
        no_sampling_models=frozenset(options.no_sampling_models),
        thinking_budgets=dict(options.thinking_budget_map),
        safety=options.safety_settings,
        built_in=tuple({name: {}} for name, enabled in switches.items() if enabled),
        show_thoughts=options.show_thinking_process,
        paid_models=frozenset(options.paid_models),
        signatures=signatures,
    )
