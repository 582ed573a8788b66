"""What a row of the table says beside its name, type and default."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gemini_balance.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable


class Group(StrEnum):
    """What options are about, in the order in which pages and forms show them."""

    POOL = "pool"
    REQUESTS = "requests"
    MEDIA = "media"
    MODELS = "models"
    ANSWERS = "answers"
    STREAMS = "streams"
    IMAGES = "images"
    ACCESS = "access"
    JOURNAL = "journal"
    ALERTS = "alerts"


TITLES: dict[Group, tuple[str, str]] = {
    Group.POOL: ("Keys and quota", "密钥与配额"),
    Group.REQUESTS: ("Requests and time limits", "请求与时限"),
    Group.MEDIA: ("Media that requests name", "请求引用的媒体"),
    Group.MODELS: ("Models", "模型"),
    Group.ANSWERS: ("Answers", "回答"),
    Group.STREAMS: ("Streams", "流式输出"),
    Group.IMAGES: ("Pictures", "图片"),
    Group.ACCESS: ("Access", "访问"),
    Group.JOURNAL: ("Journal", "调用日志"),
    Group.ALERTS: ("Metrics and alerts", "指标与告警"),
}
"""In English and in Chinese."""


class OptionError(BadRequest, ValueError):
    """A value that can't be taken; the message names the option and what would be right. `param` is its name."""

    code = "invalid_option"


@dataclass(frozen=True, slots=True)
class Row:
    """One option. `low` and `high` bound numbers, both included; `check` raises ValueError for what else can't be.

    Its sentence shows nothing of what may be a secret.
    """

    name: str
    type: object
    default: object
    env: str
    group: Group
    help: str
    help_zh: str
    low: float | None
    high: float | None
    check: Callable[[Any], object] | None  # what it takes is what `type` says
    secret: bool  # its values may hold what nobody else shall read: no message and no history shows them


def row(
    group: Group,
    default: Any,
    help: str,  # noqa: A002  (the table's column is called help)
    help_zh: str,
    low: float | None = None,
    high: float | None = None,
    *,
    env: str = "",
    check: Callable[[Any], object] | None = None,
    secret: bool = False,
) -> Any:
    """A field of `Options`. `env`: where it isn't the field's name in capitals."""
    said = {"group": group, "help": help, "help_zh": help_zh, "low": low, "high": high}
    return field(default=default, metadata={**said, "env": env, "check": check, "secret": secret})
