"""The one table of runtime options. A field is a row: name, type, group, default, help in two languages, range."""

# ruff: noqa: RUF009  (row() makes a field)
from dataclasses import dataclass, field
from typing import Literal

from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.core.alert_kinds import known_kinds, web_address
from gemini_balance.core.options.kinds import Budgets, HeaderLines, Quotas, Safety, Switch
from gemini_balance.core.options.rows import Group, row

SEARCHING = (
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-pro-latest",
    "gemini-flash-latest",
    "gemini-flash-lite-latest",
    "gemini-3.8-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash",
)
POOL, REQUESTS, MEDIA, MODELS = Group.POOL, Group.REQUESTS, Group.MEDIA, Group.MODELS
ANSWERS, STREAMS, IMAGES, ACCESS = Group.ANSWERS, Group.STREAMS, Group.IMAGES, Group.ACCESS
JOURNAL = Group.JOURNAL
ALERTS = Group.ALERTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A snapshot of every runtime option. Replaced whole when one changes, so a call sees one consistent set."""

    max_failures: int = row(
        POOL,
        3,
        "Unexplained failures in a row that retire a key; 0: never.",
        "连续多少次不明原因的失败后停用一个密钥；0：从不停用。",
        0,
        1000,
    )
    check_interval_hours: float = row(
        POOL,
        1.0,
        "Hours until a retired key is looked at again, twice as long each time it is still dead; 0: never.",
        "停用的密钥隔多少小时重新检查一次；仍不可用则间隔每次加倍；0：从不检查。",
        0,
        168,
    )
    quota_limits: Quotas = row(
        POOL,
        (),
        'Limits that you know better than Google\'s errors tell: `{"model": {"rpm": 10, "tpm": 250000, "rpd": 500}}`; '
        "a name may be `project/model`.",
        "你比 Google 的错误信息更清楚的限额："
        '`{"model": {"rpm": 10, "tpm": 250000, "rpd": 500}}`；名称可以写成 `project/model`。',
    )
    paid_models: tuple[str, ...] = row(
        POOL,
        (),
        "Models that are served with PAID_KEY, if there is one.",
        "用 PAID_KEY（如果设置了）提供服务的模型。",
    )
    max_retries: int = row(
        REQUESTS,
        3,
        "Attempts after the first one that failed for no fault of a key.",
        "第一次尝试失败且错不在密钥时，最多再试几次。",
        0,
        20,
    )
    patience: float = row(
        REQUESTS,
        20.0,
        "Seconds that a call may wait for a key when all that may serve it rest.",
        "所有可用密钥都在休息时，一次调用最多等待多少秒。",
        0,
        600,
    )
    time_out: float = row(
        REQUESTS,
        300.0,
        "Seconds to wait for the first byte, and between two events of a stream.",
        "等待第一个字节、以及流中两个事件之间的最长秒数。",
        1,
        3600,
    )
    heartbeat_after: float = row(
        REQUESTS,
        20.0,
        "Seconds of silence after which a stream is kept open by a heartbeat.",
        "流沉默多少秒后发送心跳以保持连接。",
        0.05,
        300,
    )
    live_idle: float = row(
        REQUESTS,
        600.0,
        "Seconds without a message, from either side, that end a Live conversation.",
        "双方多少秒没有消息就结束 Live 会话。",
        0.05,
        86_400,
    )
    max_body_mb: float = row(
        REQUESTS,
        40.0,
        "Largest request body, and largest message of a Live conversation, in megabytes.",
        "请求体以及 Live 会话单条消息的最大兆字节数。",
        0.001,
        2000,
    )
    body_idle: float = row(
        REQUESTS,
        60.0,
        "Seconds without a byte of a request's body, or of an upload, that end it.",
        "请求体或上传多少秒没有收到数据就终止。",
        0.05,
        3600,
    )
    custom_headers: HeaderLines = row(
        REQUESTS,
        (),
        "Headers that requests to Google carry, too: a JSON object. What a call brings itself goes before.",
        "发往 Google 的请求额外携带的请求头：JSON 对象。调用自带的同名请求头优先。",
        secret=True,
    )
    inline_max_mb: float = row(
        MEDIA,
        100.0,
        "Media that are sent along with a chat, in megabytes of Base64; what is more is uploaded to Google first.",
        "随聊天请求直接发送的媒体上限（Base64 兆字节）；超出的先上传到 Google。",
        0.001,
        100,
    )
    media_max_mb: float = row(
        MEDIA,
        20.0,
        "Largest item that is fetched for a request that names its address, in megabytes.",
        "按请求中的地址抓取的单个媒体的最大兆字节数。",
        0.001,
        64,
    )
    media_time_out: float = row(
        MEDIA,
        20.0,
        "Seconds that fetching such an item may take.",
        "抓取这样一个媒体最多用多少秒。",
        0.05,
        300,
    )
    allowed_media_hosts: tuple[str, ...] = row(
        MEDIA,
        (),
        "Host names, addresses or networks that such items may be fetched from although they are private, on any port.",
        "虽属内网但仍允许抓取媒体的主机名、地址或网段，端口不限。",
        check=AllowedHosts,
    )
    search_models: tuple[str, ...] = row(
        MODELS,
        SEARCHING,
        "Models that may be called with the suffix -search.",
        "可以加后缀 -search 调用的模型。",
    )
    image_models: tuple[str, ...] = row(
        MODELS,
        ("gemini-nano-banana-2.1",),
        "Models that may be called with the suffix -image.",
        "可以加后缀 -image 调用的模型。",
    )
    filtered_models: tuple[str, ...] = row(
        MODELS,
        (),
        "Models that no list of models shows. A caller who knows their names may still call them.",
        "不在模型列表中显示的模型。知道名称的调用者仍可调用。",
    )
    no_sampling_models: tuple[str, ...] = row(
        MODELS,
        ("gemini-3.8-flash",),
        "Models that are not told temperature, top_p and top_k, because they take none.",
        "不接受 temperature、top_p 和 top_k、因而不向其发送这些参数的模型。",
    )
    thinking_budget_map: Budgets = row(
        MODELS,
        (),
        "Thinking tokens by model, for callers who ask for none: a JSON object. 0: as few as can be; -1: up to it.",
        "调用者未指定时各模型的思考 token 数：JSON 对象。0：尽量少；-1：由模型决定。",
    )
    native_failover: Switch = row(
        MODELS,
        "",
        "on or off decides for every native route; empty: off under /gemini/, on elsewhere.",
        "on 或 off 决定所有原生路由是否换密钥重试；留空：/gemini/ 下关闭，其他路径开启。",
    )
    safety_settings: Safety = row(
        ANSWERS,
        (),
        "What Google shall block, where a caller doesn't say: a JSON list of objects with category and threshold.",
        "调用者未指定时 Google 应拦截什么：由含 category 和 threshold 的对象组成的 JSON 列表。",
    )
    tools_code_execution_enabled: bool = row(
        ANSWERS,
        False,
        "Let models run code of their own, unless a call brings functions.",
        "允许模型执行自己的代码，除非调用带有函数。",
    )
    url_context_enabled: bool = row(
        ANSWERS,
        False,
        "Let models read the pages that a prompt names, unless a call brings functions.",
        "允许模型读取提示中提到的网页，除非调用带有函数。",
    )
    show_thinking_process: bool = row(ANSWERS, True, "Show the model's thoughts.", "显示模型的思考过程。")
    thinking_style: Literal["reasoning_content", "think"] = row(
        ANSWERS,
        "reasoning_content",
        "Where thoughts are shown: in a field of their own, or in <think> tags.",
        "思考显示在哪里：单独的字段，或 <think> 标签中。",
    )
    show_search_link: bool = row(
        ANSWERS,
        False,
        "List the sources of a searched answer at the end of its text, too.",
        "在联网搜索的回答末尾也列出来源。",
    )
    image_style: Literal["images", "markdown"] = row(
        ANSWERS,
        "images",
        "How a chat shows the images it makes: in the field images, or in the text.",
        "聊天如何展示生成的图片：放在 images 字段，或放在文本中。",
    )
    fake_stream_enabled: bool = row(
        STREAMS,
        False,
        "Ask Google for the whole answer where a caller asks for a stream of chunks.",
        "调用者要求流式输出时，向 Google 请求完整回答（假流式）。",
    )
    fake_stream_empty_data_interval_seconds: float = row(
        STREAMS,
        5.0,
        "Seconds between heartbeats until that answer comes.",
        "假流式等待回答期间，两次心跳之间的秒数。",
        0.05,
        300,
    )
    stream_optimizer_enabled: bool = row(
        STREAMS,
        False,
        "Smooth chat streams: long chunks are cut, and shown one after the other.",
        "平滑聊天流：长的数据块被切开，逐段输出。",
    )
    stream_chunk_size: int = row(
        STREAMS,
        12,
        "Characters of a chunk of a smoothed stream.",
        "平滑流中每段的字符数。",
        1,
        1000,
    )
    stream_delay: float = row(
        STREAMS,
        0.02,
        "Seconds between two chunks of a smoothed stream.",
        "平滑流中两段之间的秒数。",
        0,
        1,
    )
    create_image_model: str = row(
        IMAGES,
        "",
        "The model of /images/generations, whatever a caller asks for; empty: as asked.",
        "/images/generations 使用的模型，不论调用者请求哪个；留空：按请求。",
    )
    image_url_hours: float = row(
        IMAGES,
        24.0,
        "Hours for which the address of a made picture leads to it.",
        "生成的图片的地址在多少小时内有效。",
        0.01,
        8760,
    )
    image_store_mb: float = row(
        IMAGES,
        500.0,
        "Megabytes of made pictures that are kept; the oldest go first.",
        "最多保存多少兆字节的生成图片；最旧的先删除。",
        0,
        1_000_000,
    )
    allowed_origins: tuple[str, ...] = row(
        ACCESS,
        ("*",),
        "Origins whose pages may call from a browser; * for any.",
        "允许其页面从浏览器调用的来源；* 表示任意。",
    )
    route_header: bool = row(
        ACCESS,
        False,
        "Tell callers in a header which keys were asked, by their ids, and what came of each.",
        "在响应头中告诉调用者用过哪些密钥（以其 id 表示）以及各自的结果。",
    )
    journal_enabled: bool = row(
        JOURNAL,
        True,
        "Keep calls, and sums of them, in the journal. What callers write is never kept, unless an option says so.",
        "在调用日志中保存调用及其汇总。除非另有选项，调用者所写的内容从不保存。",
    )
    auto_delete_request_logs_enabled: bool = row(
        JOURNAL,
        True,
        "Delete calls from the journal when they are older than AUTO_DELETE_REQUEST_LOGS_DAYS.",
        "删除调用日志中早于 AUTO_DELETE_REQUEST_LOGS_DAYS 的调用记录。",
    )
    auto_delete_request_logs_days: float = row(
        JOURNAL,
        30.0,
        "Days that calls stay in the journal; sums of them stay longer.",
        "调用记录在日志中保留的天数；汇总数据保留得更久。",
        0.01,
        3650,
    )
    auto_delete_error_logs_enabled: bool = row(
        JOURNAL,
        True,
        "Delete what callers were told of errors, and had sent, after AUTO_DELETE_ERROR_LOGS_DAYS.",
        "在 AUTO_DELETE_ERROR_LOGS_DAYS 天之后删除错误详情（告知调用者的内容及其请求体）。",
    )
    auto_delete_error_logs_days: float = row(
        JOURNAL,
        7.0,
        "Days that such details stay in the journal.",
        "错误详情在日志中保留的天数。",
        0.01,
        3650,
    )
    journal_max_mb: float = row(
        JOURNAL,
        1000.0,
        "Megabytes that the journal may take up; the oldest calls go first, before their time.",
        "调用日志最多占用多少兆字节；超出时最旧的调用先被删除，即使尚未到期。",
        1,
        10_000_000,
    )
    error_log_enabled: bool = row(
        JOURNAL,
        True,
        "Keep what callers were told of errors; without it, errors are only counted.",
        "保存告知调用者的错误内容；关闭时错误只计数。",
    )
    error_log_record_request_body: bool = row(
        JOURNAL,
        False,
        "Keep the request body of calls that fail, too. Secrets in it are hidden, but not what callers write.",
        "同时保存失败调用的请求体。其中的密钥会被隐藏，但调用者所写的内容不会。",
    )
    error_log_body_kb: float = row(
        JOURNAL,
        16.0,
        "Kilobytes of such a body that are kept.",
        "每个请求体最多保存多少千字节。",
        0.1,
        1000,
    )
    metrics_open: bool = row(
        ALERTS, False, "Let everybody read /metrics, without a token.", "允许任何人不带令牌读取 /metrics。"
    )
    alert_webhook_url: str = row(
        ALERTS,
        "",
        "Where alerts are posted; empty: nowhere.",
        "告警发送到的地址；留空：不发送。",
        check=web_address,
        secret=True,
    )
    alert_format: Literal["json", "slack", "discord", "feishu", "dingtalk"] = row(
        ALERTS, "json", "Whose form such a post has.", "告警消息采用哪家的格式。"
    )
    alert_secret: str = row(
        ALERTS,
        "",
        "Signs posts, in the header X-Gemini-Balance-Signature; empty: they are not signed.",
        "用于给告警签名，放在请求头 X-Gemini-Balance-Signature 中；留空：不签名。",
        secret=True,
    )
    alert_kinds: tuple[str, ...] = row(
        ALERTS, (), "Kinds of alerts that are told; empty: all.", "要发出的告警种类；留空：全部。", check=known_kinds
    )
    alert_low_percent: float = row(
        ALERTS,
        20.0,
        "Percent of keys that must be usable: with fewer the pool runs low.",
        "可用密钥的最低百分比：低于它就告警。",
        0,
        100,
    )
    alert_repeat_hours: float = row(
        ALERTS,
        0.0,
        "Hours after which what still holds is told again; 0: never.",
        "告警持续多少小时后再次提醒；0：不再提醒。",
        0,
        168,
    )
    allowed_webhook_hosts: tuple[str, ...] = row(
        ALERTS,
        (),
        "Host names, addresses or networks that alerts may be posted to although they are private, on any port.",
        "虽属内网但仍允许接收告警的主机名、地址或网段，端口不限。",
        check=AllowedHosts,
    )
    given: frozenset[str] = field(default=frozenset(), compare=False, repr=False)  # names that the environment gives
