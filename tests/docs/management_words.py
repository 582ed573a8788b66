"""What the pages about the management API say beside the table of endpoints, and the table's words in Chinese."""

from __future__ import annotations

from gemini_balance.core import errors

HEAD = """# Management API

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

Everything that the console does, as JSON, for scripts. `GET /api/admin/v1/openapi.json` is the same as an OpenAPI 3.1
document.

```sh
curl http://127.0.0.1:8000/api/admin/v1/pool -H "Authorization: Bearer $AUTH_TOKEN"
```

Commands about keys, options and client tokens work on a server that runs, too:

```sh
export GEMINI_BALANCE_SERVER=http://127.0.0.1:8000 GEMINI_BALANCE_TOKEN="$AUTH_TOKEN"
gemini-balance options set MAX_RETRIES=5
gemini-balance keys check --tag night
```

`--server` and `--token`, before the command, say the same. A check of keys is a job of one process: with several
replicas, give the address of one of them.

## Who may come in

* **A token**: `Authorization: Bearer` with `AUTH_TOKEN`, or with the value of a session. A client token opens nothing
  here, not even where `AUTH_TOKEN` has the same value.
* **A session**: `POST /session` with the password sets a cookie, which pages of the gateway's own address may use. A
  request that changes anything must come from such a page: the browser says so in `Sec-Fetch-Site` or `Origin`.
* The cookie is for HTTPS and for `localhost`, as browsers have it for every cookie of its kind.
* While the password of the first start has not been changed, nothing else is possible.
* Wrong passwords and tokens slow down: 429 with `Retry-After`.

## How requests and answers look

* Bodies are `application/json`, of up to 1 MB; imports of keys of up to 20 MB. A field that is not known is an error.
* Times are seconds since 1970. Secrets of keys and tokens are never told, save a token when it is made and an export
  of keys that asks for them.
* A list is a page: `?limit=` says how many, `next` is the `after` of the page that follows, null at the end.
* An error is `{"error": {"code", "message", "param"}}`: `message` says what to do, `param` which field is meant.

| Status | Code | Means |
|---|---|---|
"""
HEAD_ZH = """# 管理接口

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

控制台能做的一切，都可以由脚本以 JSON 完成。`GET /api/admin/v1/openapi.json` 给出同样内容的 OpenAPI 3.1 文档；
每个字段的含义见[英文页](management.md)。

```sh
curl http://127.0.0.1:8000/api/admin/v1/pool -H "Authorization: Bearer $AUTH_TOKEN"
```

关于密钥、选项和客户端令牌的命令也可以作用于正在运行的服务器：

```sh
export GEMINI_BALANCE_SERVER=http://127.0.0.1:8000 GEMINI_BALANCE_TOKEN="$AUTH_TOKEN"
gemini-balance options set MAX_RETRIES=5
gemini-balance keys check --tag night
```

写在命令之前的 `--server` 和 `--token` 作用相同。密钥检查是某一个进程的任务：有多个副本时，请给出其中一个的地址。

## 谁可以进来

* **令牌**：`Authorization: Bearer` 加 `AUTH_TOKEN`，或者一个会话的值。客户端令牌在这里
  什么也打不开，即使 `AUTH_TOKEN` 与它相同。
* **会话**：用密码 `POST /session` 会得到一个 cookie，供网关自己的页面使用。任何修改都必须
  来自这样的页面：浏览器会在 `Sec-Fetch-Site` 或 `Origin` 中说明。
* 这个 cookie 只用于 HTTPS 和 `localhost`，浏览器对这类 cookie 都是如此。
* 首次启动的密码尚未修改时，其他什么都不能做。
* 密码或令牌错误会越来越慢：429，并带 `Retry-After`。

## 请求与回答的样子

* 请求体是 `application/json`，最大 1 MB；导入密钥最大 20 MB。不认识的字段是错误。
* 时间是自 1970 年起的秒数。密钥和令牌的内容从不显示，只有令牌创建时和明确要求的密钥导出例外。
* 列表分页：`?limit=` 是条数，`next` 是下一页的 `after`，末尾为 null。
* 错误的形式是 `{"error": {"code", "message", "param"}}`：`message` 说明该怎么办，`param` 指出是哪个字段。

| 状态码 | 代码 | 含义 |
|---|---|---|
"""
ERRORS: dict[type[errors.GatewayError], str] = {
    errors.BadRequest: "请求中有不能接受的内容；`param` 指出字段。",
    errors.NotSignedIn: "既没有操作者的令牌，也没有仍有效的会话；或者密码错误。",
    errors.Forbidden: "请求来自其他网站的页面，或者首次启动的密码必须先修改。",
    errors.NotFound: "没有这个名字的东西。",
    errors.MethodNotAllowed: "这个路径接受其他方法，见 `Allow`。",
    errors.BodyStalled: "请求中途停止了。",
    errors.Conflict: "与已有的、或在此期间已改变的内容冲突。",
    errors.TooLarge: "请求体超过 1 MB；导入密钥时超过 20 MB。",
    errors.UnsupportedMediaType: "请求体不是 `application/json`。",
    errors.TooManyAttempts: "密码错误次数过多；`Retry-After` 是还要等待的秒数。",
}
GROUPS = {
    "session": ("Session", "会话"),
    "password": ("Password", "密码"),
    "pool": ("Pool", "密钥池"),
    "system": ("System", "系统"),
    "backups": ("Backups", "备份"),
    "keys": ("Keys", "密钥"),
    "jobs": ("Jobs", "任务"),
    "tokens": ("Client tokens", "客户端令牌"),
    "calls": ("Calls", "调用"),
    "overview": ("Overview", "概览"),
    "statistics": ("Statistics", "统计"),
    "options": ("Options", "选项"),
    "alerts": ("Alerts", "告警"),
    "changes": ("Changes", "变更记录"),
    "openapi": ("OpenAPI", "OpenAPI"),
}
"""Headings, by the first segment of the path."""
SUMMARIES = {
    "sign_in": "登录；回答会设置会话的 cookie。密码错误会越来越慢。",
    "show_session": "当前登录的是谁。",
    "sign_out": "退出：收回 cookie；`everywhere=true` 结束所有会话。",
    "change_password": "修改密码。其他会话全部结束；回答会设置新的 cookie。",
    "show_pool": "每个模型的密钥、配额与预测：还剩多少、何时用完、何时重置。",
    "show_system": "版本、运行时间、数据库的类型与大小、副本，以及有什么不对。",
    "list_backups": "数据文件夹中的备份；正在制作时给出进度。",
    "make_backup": "开始制作备份，进度见列表。使用 PostgreSQL 时，错误会给出应运行的命令。",
    "download_backup": "以单个文件下载一个备份，不含 SECRET_KEY。下载会记入变更记录。",
    "list_keys": "符合条件的密钥，最早的在前，并显示各自的状况；不显示密钥内容。",
    "add_key": "添加一个密钥。",
    "change_keys": "修改所有符合条件的密钥，要么全部，要么全不。",
    "import_keys": "导入一段文本中的所有密钥，或先说明会怎样。",
    "export_keys": "导出密钥：隐藏内容，或按要求给出完整内容。",
    "enable_keys": "让所有符合条件的密钥重新服务。",
    "disable_keys": "不再用符合条件的密钥开始任何调用。",
    "reset_keys": "清除所有符合条件的密钥的失败记录：它们立即重新服务。",
    "delete_keys": "删除所有符合条件的密钥；环境变量不会让它们回来。",
    "verify_keys": "向 Google 逐个检查符合条件的密钥；回答是一个可以跟踪的任务。",
    "list_groups": "似乎属于同一项目的密钥，因为它们一起被拒绝过。",
    "confirm_group": "这些密钥属于同一个项目。",
    "reject_group": "这些密钥没有关系：其中任何两个都不再归为一组。",
    "show_key": "一个密钥及其状况。",
    "change_key": "修改一个密钥；没有给出的保持不变。",
    "replace_secret": "换掉一个密钥的明文；其余已知信息全部保留。回答是一个任务，会立即向 Google 检查新密钥。",
    "delete_key": "删除一个密钥；环境变量不会让它回来。",
    "list_jobs": "最近的密钥检查，最新的在前。",
    "show_job": "一个任务及其目前的结果。",
    "cancel_job": "结束一个任务；已有的结果有效。",
    "watch_job": "以服务器推送事件给出任务的进度，直到它结束。",
    "list_tokens": "客户端令牌，最早的在前。",
    "make_token": "新建一个客户端令牌；令牌内容只在这个回答里出现。",
    "show_token": "一个客户端令牌。",
    "change_token": "修改一个客户端令牌；没有给出的保持不变。",
    "delete_token": "删除一个客户端令牌；ALLOWED_TOKENS 不会让它回来。",
    "disable_token": "不再接受用这个客户端令牌的调用。",
    "enable_token": "重新接受用这个客户端令牌的调用。",
    "list_calls": "日志中符合条件的调用，最新的在前。",
    "show_call": "一次调用及其全部尝试，按请求编号查找。",
    "forget_errors": "删除符合条件的失败调用的错误详情；调用本身保留。",
    "show_overview": "最近一分钟、一小时和一天：调用、错误、词元、延迟。",
    "show_statistics": "按分钟、小时或天汇总的调用；可按模型、客户端令牌、密钥或状态区分。",
    "list_ailing_keys": "今天经常失败的密钥，最差的在前。",
    "list_options": "所有选项，以及每个值的来源。",
    "set_options": "一次设置多个选项，要么全部生效，要么都不生效；回答给出有改变的选项。",
    "export_options": "操作者改过的选项，可在这里或别处导入。",
    "import_options": "导入一份导出，要么全部，要么全不；其他选项保持不变。`preview=true` 只预览。",
    "show_option": "一个选项。",
    "set_option": "设置一个选项，在所有副本上立即生效。",
    "reset_option": "收回一个选项的修改，恢复环境变量或默认值。",
    "list_changes_of_option": "谁改过一个选项，最新的在前。",
    "list_alerts": "已发出的告警，最新的在前。",
    "try_webhook": "向 ALERT_WEBHOOK_URL 发送一条测试；无法送达时，错误会说明原因。",
    "list_changes": "谁改了什么，最新的在前。",
    "show_document": "本接口的 OpenAPI 3.1 文档。",
}
"""By the endpoint's name."""
