"""docs/errors.md and its Chinese twin: every code that a caller may be told, made of the classes of errors."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, NamedTuple

import gemini_balance
from gemini_balance.core.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """# Error codes

[中文](errors.zh.md)

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

An error comes in the form of the caller's protocol: OpenAI's under `error.code`, the management API's likewise;
Gemini's own protocol has Google's words for the status. `message` says what happened and what to do. What Google itself
says of a native call is passed on as it is. `x-should-retry: false` stands where trying again is in vain, `retry-after`
where it is known when it is not. The journal and `/metrics` call an ending by the same code.

| Code | Status | Meaning | What to do |
|---|---|---|---|
"""
HEAD_ZH = """# 错误代码

[English](errors.md)

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

错误采用调用者所用协议的格式：OpenAI 协议与管理接口在 `error.code` 中给出代码；Gemini 协议使用 Google 自己的状态名称。
`message` 说明发生了什么、该怎么做。原生调用中 Google 自己的说明原样转发。重试无用时带有 `x-should-retry: false`，
已知何时可以重试时带有 `retry-after`。调用日志与 `/metrics` 用同样的代码表示结局。

| 代码 | 状态 | 含义 | 怎么办 |
|---|---|---|---|
"""


class Said(NamedTuple):
    """What a code means and what to do, in both languages."""

    means: str
    do: str
    means_zh: str
    do_zh: str


SAID = {
    "alert_not_delivered": Said(
        "A test of the alert webhook did not succeed.",
        "Follow the message: it says what the webhook answered, or why it may not be asked.",
        "告警 webhook 的测试没有成功。",
        "按消息处理：其中说明 webhook 的回答，或为何不允许请求它。",
    ),
    "conflict": Said(
        "It would contradict what there is.",
        "Read what there is anew, then decide.",
        "与现有内容冲突。",
        "重新读取现有内容后再决定。",
    ),
    "content_policy_violation": Said(
        "A filter of Google's refuses the request or its answer.",
        "Ask for something else, or loosen `SAFETY_SETTINGS`.",
        "Google 的过滤器拒绝了请求或回答。",
        "换一种提问，或放宽 `SAFETY_SETTINGS`。",
    ),
    "insufficient_quota": Said(
        "The client token's day is used up.",
        "Wait for the next day, or have the operator raise its limit.",
        "该客户端令牌当天的额度已用完。",
        "等到第二天，或请管理员提高限额。",
    ),
    "internal_error": Said(
        "The gateway itself failed.",
        "Look into its log under the request's id, and report it.",
        "网关自身出错。",
        "按请求 id 查看日志并报告。",
    ),
    "invalid_api_key": Said(
        "No token was sent, or one that is not known here.",
        "Send a token of `ALLOWED_TOKENS`, or one that was made in the console or with `gemini-balance tokens`.",
        "没有发送令牌，或此处不认识该令牌。",
        "使用 `ALLOWED_TOKENS` 中的令牌，或在控制台、用 `gemini-balance tokens` 创建的令牌。",
    ),
    "invalid_key": Said(
        "What was given can't be kept as a Gemini key.",
        "The message says what is wrong with it, or with what was said of it.",
        "给出的内容不能作为 Gemini 密钥保存。",
        "消息会说明它本身或其设置有什么问题。",
    ),
    "invalid_option": Said(
        "An option's value can't be taken.",
        "Give it the value that the message describes; [options](options.md) lists all.",
        "选项的值不可用。",
        "按消息的说明设置；[选项](options.zh.md)列出全部。",
    ),
    "invalid_request": Said(
        "The request is wrong; no key can help.",
        "Mend what the message and `param` name.",
        "请求有误，换密钥也无济于事。",
        "修正消息与 `param` 指出之处。",
    ),
    "method_not_allowed": Said(
        "The path takes other methods.",
        "Use one that the header `allow` lists.",
        "该路径不接受此方法。",
        "使用响应头 `allow` 列出的方法。",
    ),
    "model_not_found": Said(
        "No key of the pool has such a model.",
        "Pick one of `GET /v1/models`.",
        "密钥池中没有密钥提供该模型。",
        "从 `GET /v1/models` 中选择。",
    ),
    "no_available_key": Said(
        "No key is usable until the operator acts.",
        "Operator: add keys, or look in the console why those that are there were retired, and reset them.",
        "在管理员处理之前没有可用的密钥。",
        "管理员：添加密钥，或在控制台查看现有密钥为何停用并重置。",
    ),
    "not_found": Said(
        "There is no such path or thing.",
        "Check the address.",
        "没有这样的路径或对象。",
        "检查地址。",
    ),
    "permission_denied": Said(
        "It may not be done by this caller.",
        "Use a token that may, or ask the operator.",
        "该调用者无权这样做。",
        "使用有权限的令牌，或询问管理员。",
    ),
    "rate_limit_exceeded": Said(
        "Every key rests for its quota, or the client token's minute is used up.",
        "Wait for `retry-after` seconds; more keys, or a higher limit of the token, help for good.",
        "所有密钥都因配额在休息，或客户端令牌这一分钟的额度已用完。",
        "等待 `retry-after` 秒；增加密钥或提高令牌限额可根治。",
    ),
    "request_timeout": Said(
        "The request's body stopped in the middle.",
        "Send it again; slow clients may need a greater `BODY_IDLE`.",
        "请求体中途停止。",
        "重新发送；慢速客户端可能需要更大的 `BODY_IDLE`。",
    ),
    "request_too_large": Said(
        "The body is larger than `MAX_BODY_MB`.",
        "Send less, upload it as a file, or raise the limit.",
        "请求体超过 `MAX_BODY_MB`。",
        "减小请求、作为文件上传，或提高限制。",
    ),
    "shutting_down": Said(
        "This process ends.",
        "Try again: another replica or the restarted one answers.",
        "该进程正在结束。",
        "重试：其他副本或重启后的进程会回答。",
    ),
    "store_unavailable": Said(
        "The database does not answer just now.",
        "Try again in a moment; calls are served meanwhile. `gemini-balance doctor` says what is wrong.",
        "数据库暂时没有响应。",
        "稍后重试；其间调用照常服务。`gemini-balance doctor` 会指出问题。",
    ),
    "too_many_attempts": Said(
        "Too many wrong passwords or operator's tokens came from there.",
        "Wait for `retry-after` seconds.",
        "来自该处的错误密码或管理员令牌过多。",
        "等待 `retry-after` 秒。",
    ),
    "unsupported_media_type": Said(
        "The body has another type than this endpoint reads.",
        "Send `content-type: application/json`.",
        "请求体的类型不是该端点所读取的。",
        "发送 `content-type: application/json`。",
    ),
    "upstream_error": Said(
        "Google failed, after our own retries.",
        "Try again later; `PROXIES` may help where Google can't be reached.",
        "在我们重试之后 Google 仍然失败。",
        "稍后再试；无法连接 Google 时可设置 `PROXIES`。",
    ),
    "upstream_overloaded": Said(
        "Google has no capacity for the model, whatever the key.",
        "Try again later, or another model.",
        "无论哪个密钥，Google 对该模型都没有容量。",
        "稍后再试，或换一个模型。",
    ),
    "upstream_timeout": Said(
        "Google, or the caller's own deadline, took too long.",
        "Try again, ask for a stream, or raise `TIME_OUT`.",
        "Google 耗时过长，或调用者自己的期限已到。",
        "重试、改用流式，或增大 `TIME_OUT`。",
    ),
}


def render(*, chinese: bool) -> str:
    rows = "".join(f"| `{code}` | {status} | {' | '.join(_words(code, chinese))} |\n" for code, status in codes())
    return (HEAD_ZH if chinese else HEAD) + rows


def _words(code: str, chinese: bool) -> tuple[str, str]:
    said = SAID[code]
    return (said.means_zh, said.do_zh) if chinese else (said.means, said.do)


def codes() -> list[tuple[str, int]]:
    """Every code with its status, wherever its class stands."""
    for module in pkgutil.walk_packages(gemini_balance.__path__, "gemini_balance."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    kinds: list[type[GatewayError]] = [GatewayError, *_below(GatewayError)]
    return sorted({(one.code, one.status) for one in kinds})


def _below(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("gemini_balance."):
            yield one
            yield from _below(one)
