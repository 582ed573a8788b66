"""How much a model shall think, in the words its family understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.gemini.families import EFFORTS
from gemini_balance.core.gemini.request_schema import ThinkingConfig

if TYPE_CHECKING:
    from gemini_balance.core.gemini.families import Family

DYNAMIC = -1
"""The budget by which a model decides for itself."""


def by_effort(effort: str, family: Family) -> ThinkingConfig | None:
    """None where the family can't be told."""
    if family.levels:
        return ThinkingConfig(thinking_level=family.level(effort))
    return ThinkingConfig(thinking_budget=family.budget(effort)) if family.budgets else None


def by_level(level: str, family: Family) -> ThinkingConfig | None:
    """A level that the family lacks becomes its nearest, or a budget."""
    effort = level.lower()
    if effort not in EFFORTS:  # a level that is newer than we are is Google's to judge
        return ThinkingConfig(thinking_level=level) if family.levels else None
    return by_effort(effort, family)


def by_budget(budget: int, family: Family) -> ThinkingConfig | None:
    """Into the family's range. No thinking at all is its least where it can't be switched off."""
    if not family.thinks:
        return None
    if budget == DYNAMIC:
        return ThinkingConfig(thinking_budget=DYNAMIC)
    if budget == 0:
        return by_effort("none", family)
    least, most = family.budget_range
    return ThinkingConfig(thinking_budget=min(max(budget, least), most))


def fitted(effort: str, asked: ThinkingConfig | None, family: Family) -> ThinkingConfig | None:
    """What the caller asked for as an effort, a level or a budget; None where the family takes none of it."""
    if effort:
        return by_effort(effort, family)
    if asked is None:
        return None
    if asked.thinking_level is not None:
        return by_level(asked.thinking_level, family)
    return None if asked.thinking_budget is None else by_budget(asked.thinking_budget, family)
