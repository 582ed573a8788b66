"""What the pages of settings say beside the tables, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from gemini_balance.core.options import Budgets, HeaderLines, Quotas

HEAD = """# Settings

[中文](options.zh.md)

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

Each is an environment variable, or a line in `.env` in the folder you start from; the environment wins. One that can't
be taken stops the start. Names that are not on this page are ignored.

Boot settings are read once. **Options can be changed while the gateway runs**, without a restart and on every replica,
within seconds: `gemini-balance options set MAX_RETRIES=5`. What you change so goes before the environment, which goes
before the default; `gemini-balance options reset MAX_RETRIES` takes it back, and `gemini-balance options history` says
who changed what.

A list is either names separated by commas, or a JSON list of strings.

## Boot settings

`NAME_FILE` may name a file that holds the value, for each of these: `API_KEYS_FILE=/run/secrets/keys`.
"""
HEAD_ZH = """# 设置

[English](options.md)

<!-- 由代码生成：UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

每一项都是环境变量，或启动目录下 `.env` 中的一行；环境变量优先。无法接受的值会使启动中止。本页没有的名称会被忽略。

启动设置只读取一次。**选项可以在运行中修改**，无需重启，几秒内在所有副本生效：
`gemini-balance options set MAX_RETRIES=5`。这样修改的值优先于环境变量，环境变量优先于默认值；
`gemini-balance options reset MAX_RETRIES` 撤销修改，`gemini-balance options history` 显示谁改了什么。

列表可以写成逗号分隔的名称，或由字符串组成的 JSON 列表。

## 启动设置

其中每一项都可以用 `NAME_FILE` 指定保存其值的文件：`API_KEYS_FILE=/run/secrets/keys`。
"""
NOT_YET_HEAD = """
## Known names that do nothing

Other gateways of this kind read these. Here they are ignored, most because what they set needs no setting.

"""
NOT_YET_HEAD_ZH = """
## 不起作用的常见名称

同类网关会读取这些名称。本网关忽略它们，多数是因为其内容无需设置。

"""
MEANINGS = {
    "HOST": "Address to listen on. `127.0.0.1` keeps the gateway on its machine.",
    "PORT": "Port to listen on.",
    "BASE_URL": "Where Google is. A version at its end is ignored: each call brings its own.",
    "API_KEYS": (
        "Gemini keys: a list, whose JSON form may hold objects `{key, label, project, tags, notes, weight, models, "
        "proxy, tier}`. "
        "Keys of one `project` share its quota; `weight` says how often a key's turn comes; no `models` means all."
    ),
    "VERTEX_API_KEYS": "Keys of Vertex AI in express mode, in the same form, for `/vertex-express/v1beta`.",
    "VERTEX_EXPRESS_BASE_URL": "Where Vertex AI is, with its version.",
    "PAID_KEY": "A Gemini key with billing. It serves `/images/…` and the models of `PAID_MODELS`, and nothing else.",
    "ALLOWED_TOKENS": (
        "What clients may send as their API key; [more can be made](tokens.md), with limits. While there is none, "
        "every call is answered with 401."
    ),
    "AUTH_TOKEN": (
        "The operator's password, which scripts show as a bearer token. Empty: one is made at the first start, "
        "printed, and written to `data/initial-password` until it is changed. Not to be one of `ALLOWED_TOKENS`."
    ),
    "DATABASE_URL": (
        "PostgreSQL's address, `postgresql://user:password@host/name`, for what must outlive the process: who made "
        "which file or cache, and what the pool learnt of limits and projects. Empty: SQLite, in "
        "`data/gemini-balance.db`."
    ),
    "SECRET_KEY": (
        "Protects the keys that the database keeps; at least 16 characters. With SQLite one is made, in "
        "`data/secret-key`; with `DATABASE_URL` naming a server it must be set, the same for every replica."
    ),
    "UPLOAD_PROVIDER": (
        "Image host that made pictures are uploaded to: SM.MS, PicGo, Cloudflare ImgBed or Aliyun OSS. Empty, or where "
        "it fails: the gateway serves them itself."
    ),
    "SMMS_SECRET_TOKEN": "API token of SM.MS.",
    "PICGO_API_KEY": "API key of PicGo, or of another Chevereto.",
    "PICGO_API_URL": "Its address for uploads.",
    "CLOUDFLARE_IMGBED_URL": "Address for uploads of a Cloudflare ImgBed: `https://…/upload`.",
    "CLOUDFLARE_IMGBED_AUTH_CODE": "Its code for uploads.",
    "CLOUDFLARE_IMGBED_UPLOAD_FOLDER": "Folder in it.",
    "OSS_ENDPOINT": "Public endpoint of the Aliyun OSS bucket: `oss-cn-shanghai.aliyuncs.com`.",
    "OSS_ENDPOINT_INNER": "Endpoint for uploads, where it is another one: `oss-cn-shanghai-internal.aliyuncs.com`.",
    "OSS_ACCESS_KEY": "Id of the access key.",
    "OSS_ACCESS_KEY_SECRET": "Its secret.",
    "OSS_BUCKET_NAME": "The bucket; pictures in it must be readable by everybody.",
    "OSS_REGION": "Its region: `cn-shanghai`.",
    "PUBLIC_URL": "The address that clients use, for URLs that the gateway hands out. Empty: that of the request.",
    "TRUSTED_PROXIES": "Addresses or networks whose `X-Forwarded-*` headers are believed; `*` for all.",
    "PROXIES": "HTTP or SOCKS proxies towards Google. Each key always takes the same one.",
    "SHUTDOWN_TIMEOUT": "Seconds that running calls have to finish after the first SIGTERM.",
    "ACCESS_LOG": "One JSON line for each call, on stderr.",
    "LOG_LEVEL": "What is logged: this, and all that is worse.",
    "LOG_FORMAT": "How lines of the log look; `auto`: for people on a terminal, JSON elsewhere.",
    "METRICS_TOKEN": "What may read `/metrics`, as `Authorization: Bearer METRICS_TOKEN`.",
    "OTEL_EXPORTER_OTLP_ENDPOINT": (
        "Where traces are sent, as OTLP over HTTP; needs the extra `otel`. Other names of OpenTelemetry's count, too."
    ),
    "OTEL_EXPORTER_OTLP_HEADERS": "Headers that go along: `name=value,name=value`.",
}
MEANINGS_ZH = {
    "HOST": "监听地址。`127.0.0.1` 只允许本机访问。",
    "PORT": "监听端口。",
    "BASE_URL": "Google 的地址。末尾的版本号会被忽略：每次调用自带版本。",
    "API_KEYS": (
        "Gemini 密钥：列表；其 JSON 形式可以包含对象 `{key, label, project, tags, notes, weight, models, "
        "proxy, tier}`。同一 `project` 的密钥共享配额；"
        "`weight` 表示轮到该密钥的频率；没有 `models` 表示全部模型。"
    ),
    "VERTEX_API_KEYS": "Vertex AI express 模式的密钥，形式相同，用于 `/vertex-express/v1beta`。",
    "VERTEX_EXPRESS_BASE_URL": "Vertex AI 的地址，含版本号。",
    "PAID_KEY": "已开通结算的 Gemini 密钥。只用于 `/images/…` 和 `PAID_MODELS` 中的模型。",
    "ALLOWED_TOKENS": (
        "客户端可以作为 API 密钥发送的令牌；[还可以另外创建](tokens.zh.md)带限额的令牌。"
        "一个都没有时，所有调用都返回 401。"
    ),
    "AUTH_TOKEN": (
        "管理员密码，脚本把它作为 bearer 令牌发送。留空：首次启动时生成一个，打印出来并写入 `data/initial-password`，"
        "直到它被修改。不要与 `ALLOWED_TOKENS` 中的令牌相同。"
    ),
    "DATABASE_URL": (
        "PostgreSQL 的地址 `postgresql://user:password@host/name`，用于保存进程结束后仍需保留的内容：谁创建了哪个文件或缓存，"
        "以及密钥池学到的限额和项目。留空：SQLite，位于 `data/gemini-balance.db`。"
    ),
    "SECRET_KEY": (
        "保护数据库中的密钥；至少 16 个字符。使用 SQLite 时自动生成在 `data/secret-key`；"
        "`DATABASE_URL` 指向服务器时必须设置，且每个副本相同。"
    ),
    "UPLOAD_PROVIDER": (
        "上传生成图片的图床：SM.MS、PicGo、Cloudflare ImgBed 或阿里云 OSS。留空或上传失败时，由网关自己提供图片。"
    ),
    "SMMS_SECRET_TOKEN": "SM.MS 的 API 令牌。",
    "PICGO_API_KEY": "PicGo 或其他 Chevereto 的 API 密钥。",
    "PICGO_API_URL": "其上传地址。",
    "CLOUDFLARE_IMGBED_URL": "Cloudflare ImgBed 的上传地址：`https://…/upload`。",
    "CLOUDFLARE_IMGBED_AUTH_CODE": "其上传认证码。",
    "CLOUDFLARE_IMGBED_UPLOAD_FOLDER": "其中的文件夹。",
    "OSS_ENDPOINT": "阿里云 OSS 存储桶的公网 Endpoint：`oss-cn-shanghai.aliyuncs.com`。",
    "OSS_ENDPOINT_INNER": "上传用的 Endpoint（如与上面不同）：`oss-cn-shanghai-internal.aliyuncs.com`。",
    "OSS_ACCESS_KEY": "AccessKey 的 ID。",
    "OSS_ACCESS_KEY_SECRET": "AccessKey 的密钥。",
    "OSS_BUCKET_NAME": "存储桶名；其中的图片必须可公开读取。",
    "OSS_REGION": "其地域：`cn-shanghai`。",
    "PUBLIC_URL": "客户端使用的地址，用于网关给出的 URL。留空：取自请求。",
    "TRUSTED_PROXIES": "信任其 `X-Forwarded-*` 请求头的地址或网段；`*` 表示全部。",
    "PROXIES": "通往 Google 的 HTTP 或 SOCKS 代理。每个密钥总是使用同一个。",
    "SHUTDOWN_TIMEOUT": "第一次 SIGTERM 之后，正在进行的调用还有多少秒可以完成。",
    "ACCESS_LOG": "每次调用在 stderr 输出一行 JSON。",
    "LOG_LEVEL": "记录该级别及更严重的日志。",
    "LOG_FORMAT": "日志行的格式；`auto`：终端上便于人阅读，其他情况为 JSON。",
    "METRICS_TOKEN": "可读取 `/metrics` 的令牌，以 `Authorization: Bearer METRICS_TOKEN` 发送。",
    "OTEL_EXPORTER_OTLP_ENDPOINT": (
        "链路追踪以 OTLP/HTTP 发送到此地址；需要附加组件 `otel`。OpenTelemetry 的其他变量也有效。"
    ),
    "OTEL_EXPORTER_OTLP_HEADERS": "随之发送的请求头：`name=value,name=value`。",
}


@dataclass(frozen=True)
class Language:
    """A page's words. `title`: which of a group's two titles."""

    title: int
    head: str
    options_head: str
    table: str
    not_yet_head: str
    meanings: dict[str, str]
    kinds: dict[object, str]
    a_list: str
    empty: str
    either: str
    between: str
    no_effect: str
    comma: str
    stop: str


ENGLISH = Language(
    title=0,
    head=HEAD,
    options_head="\n## Options\n",
    table="\n| Name | Type | Default | Range | Meaning |\n|---|---|---|---|---|\n",
    not_yet_head=NOT_YET_HEAD,
    meanings=MEANINGS,
    kinds={
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Budgets: "JSON object",
        Quotas: "JSON object",
        HeaderLines: "JSON object",
    },
    a_list="list",
    empty="empty",
    either=" or ",
    between=" to ",
    no_effect="Taken, but without effect so far. ",
    comma=", ",
    stop=".\n",
)
CHINESE = Language(
    title=1,
    head=HEAD_ZH,
    options_head="\n## 选项\n",
    table="\n| 名称 | 类型 | 默认值 | 范围 | 含义 |\n|---|---|---|---|---|\n",
    not_yet_head=NOT_YET_HEAD_ZH,
    meanings=MEANINGS_ZH,
    kinds={
        str: "文本",
        int: "整数",
        float: "数字",
        bool: "true 或 false",
        Budgets: "JSON 对象",
        Quotas: "JSON 对象",
        HeaderLines: "JSON 对象",
    },
    a_list="列表",
    empty="空",
    either=" 或 ",
    between=" 至 ",
    no_effect="可以设置，但目前没有作用。",
    comma="、",
    stop="。\n",
)
