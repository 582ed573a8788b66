"""The tables of docs/metrics.md and its Chinese twin, made of the code."""

from __future__ import annotations

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.telemetry.metrics import METRICS, PREFIX

CHINESE = {
    "calls_total": "已结束的调用，按 HTTP 状态。",
    "call_endings_total": "调用如何结束：whole、client_gone 或错误代码。",
    "call_seconds": "从调用的第一个字节到回答的最后一个字节。",
    "first_byte_seconds": "直到调用者看到的第一段内容。",
    "waited_seconds": "调用排队等待密钥的时间。",
    "attempts_total": "使用密钥的尝试，按结果。",
    "tokens_total": "Google 所计的 token 数；prompt 包含 cached。",
    "calls_in_flight": "正在处理的调用。",
    "queue_calls": "等待密钥的调用。",
    "queue_bytes": "这些调用的请求体占用的内存。",
    "keys": "密钥数，按状态。",
    "model_paused": "Google 对该模型没有容量时为 1。",
    "unknown_answers_total": "没有规则能识别的 Google 错误。",
    "journal_lost_total": "因接收方出错或跟不上而丢弃的调用记录。",
    "alert_active": "告警持续期间为 1。",
    "build_info": "恒为 1。",
}
KINDS = {
    Kind.KEY_DEAD: ("a key was found invalid", "发现某个密钥失效"),
    Kind.POOL_LOW: (
        "for half a minute fewer than `ALERT_LOW_PERCENT` of the keys are usable",
        "可用密钥低于 `ALERT_LOW_PERCENT` 达半分钟",
    ),
    Kind.POOL_DEAD: ("no key is usable", "没有可用的密钥"),
    Kind.QUOTA_EXHAUSTED: (
        "a model's quota of the day will be used up before it is reset",
        "某个模型当天的配额将在重置前用完",
    ),
    Kind.MODEL_OVERLOADED: (
        "for two minutes Google has had no capacity for a model",
        "Google 对某个模型没有容量达两分钟",
    ),
    Kind.JOURNAL_LOSING: ("records of calls are lost", "调用记录丢失"),
    Kind.UNKNOWN_ANSWERS: ("Google gives errors that no rule names", "Google 返回没有规则能识别的错误"),
    Kind.DATABASE_AWAY: ("for half a minute the database has not answered", "数据库半分钟没有应答"),
    Kind.TEST: ("the operator asks for it", "管理员要求测试"),
}


def metric_rows(*, chinese: bool) -> list[str]:
    said = CHINESE if chinese else {metric.name: metric.help for metric in METRICS}
    return [
        f"| `{PREFIX}{one.name}` | {one.kind} | {', '.join(map('`{}`'.format, one.labels))} | {said[one.name]} |"
        for one in METRICS
    ]


def kind_rows(*, chinese: bool) -> list[str]:
    return [f"| `{kind}` | {KINDS[kind][chinese]} |" for kind in Kind]
