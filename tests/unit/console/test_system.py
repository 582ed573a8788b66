"""What the page about the system makes of findings, alerts and changes."""

from __future__ import annotations

from datetime import UTC
from string import Formatter

import pytest

from gemini_balance.console.names import KeyName
from gemini_balance.console.pages.system.alerts import TOLD, WHY, WORDS, AlertRow, said
from gemini_balance.console.pages.system.alerts import row_of as alert_row
from gemini_balance.console.pages.system.changes import ACTIONS, SUBJECTS, ChangeRow, Names, Target
from gemini_balance.console.pages.system.changes import row_of as change_row
from gemini_balance.console.pages.system.health import FOUND, CheckRow, Health, health
from gemini_balance.console.pages.system.told import Difference, What, what_of
from gemini_balance.console.states import REASONS
from gemini_balance.console.words import Words
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.alerts import SENTENCES, Alert, told_as
from gemini_balance.core.alerts import WHY as IN_ENGLISH
from gemini_balance.gateway.alerts import TOO_MANY, Told
from gemini_balance.gateway.findings import SENTENCES as FINDINGS
from gemini_balance.gateway.findings import Finding, Found, Size, found
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.gateway.upkeep import Check, Examined

NOW = 1_800_014_400.0
HISTORY = "/console/options/history"
T, ZH = Words("en", UTC, NOW), Words("zh", UTC, NOW)
ALERT = Alert(
    at=NOW,
    kind=Kind.POOL_LOW,
    subject="gemini",
    message="2 of 20 keys of gemini are usable (10 %).",
    facts={"usable": 2, "total": 20, "percent": 10, "upstream": "gemini"},
)


def test_a_finding_has_its_name_and_what_to_do_where_it_is_not_well() -> None:
    examined = Examined(
        NOW,
        (
            Check("integrity", "ok", found(Finding.FILES_WHOLE)),
            Check("disk", "warn", found(Finding.SPACE, size=Size(800_400_000))),
            Check("proxy 2", "fail", found(Finding.PROXY_AWAY, place="egress:1080", error="refused")),
            Check("tables (journal)", "ok", found(Finding.TABLES_CURRENT, version="0001")),
            Check("data/secret-key", "fail", found(Finding.FILE_OPEN, mode="644", file="data/secret-key")),
        ),
    )
    assert health(ZH, examined) == Health(
        NOW,
        3,
        (
            CheckRow("ok", "check", "check.integrity", "", "文件完好", ""),
            CheckRow("wait", "info", "check.disk", "", "剩余 800\u00a0MB", "check.disk_do"),
            CheckRow("bad", "errors", "check.proxy", "2", "无法连接 egress:1080：refused", "check.proxy_do"),
            CheckRow("ok", "check", "check.tables", "(journal)", "0001", ""),
            CheckRow(
                "bad",
                "errors",
                "check.file",
                "data/secret-key",
                "其他用户可读（644）：chmod 600 data/secret-key",
                "check.file_do",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("delivery", "delivered", "failed", "why"),
    [
        ("delivered", True, "", ""),
        ("", False, "", ""),
        ("not delivered: it answered 500", False, "system.not_delivered", "it answered 500"),
        (TOO_MANY, False, "system.not_sent", ""),
    ],
)
def test_an_alert_says_what_became_of_it(delivery: str, delivered: bool, failed: str, why: str) -> None:
    assert alert_row(T, Told(ALERT, delivery)) == AlertRow(
        NOW, "alert.pool_low", "gemini", "2 of 20 keys of gemini are usable (10\u00a0%).", True, delivered, failed, why
    )


def test_an_alert_is_told_in_the_reader_s_language_and_one_without_facts_as_it_was_told() -> None:
    assert said(ZH, ALERT) == "gemini 的 20 个密钥中只有 2 个可用（10%）。"
    assert said(ZH, Alert(at=NOW, kind=Kind.POOL_LOW, subject="gemini", message="Few.")) == "Few."


DEAD = Alert(
    at=NOW,
    kind=Kind.KEY_DEAD,
    subject="",
    message="3 key(s) died: k1 (not valid), <i> (too many failures) and 1 more. …",
    facts={"count": 3, "names": "…", "keys": {"k1": "key_dead", "<i>": ""}},
)


def test_keys_that_died_are_called_as_they_are_elsewhere_and_why_is_told_in_words() -> None:
    keys = {"k1": KeyName("Main <b>", "…wxyz", "", "/console/keys/k1")}
    assert said(ZH, DEAD, keys) == (
        '3 个密钥已失效：<a href="/console/keys/k1">Main &lt;b&gt; …wxyz</a>（无效）、'
        "<code>&lt;i&gt;</code>（失败太多），"
        "另有 1 个。检查通过或重置后会重新服务。"
    )
    gone = Alert(at=NOW, kind=Kind.KEY_DEAD, subject="", message="…", facts={"count": 1, "names": "k1 (refused)"})
    assert said(T, gone) == ("1 key died: k1 (refused). It serves again when a check finds it well, or after a reset.")


def test_every_way_in_which_a_key_dies_has_words_in_both_places() -> None:
    assert (WHY.keys(), {str(T(word)) for word in WHY.values()}) == (REASONS.keys(), {*IN_ENGLISH.values()})
    assert WHY.keys() == IN_ENGLISH.keys()


def test_whatever_an_alert_can_tell_there_are_words_for_with_the_same_facts() -> None:
    facts = dict.fromkeys(("usable", "total", "percent", "minutes", "count"), 2)
    for kind in Kind:
        named = dict.fromkeys(("upstream", "model", "names"), "x")
        alert = Alert(at=NOW, kind=kind, subject="", message="told", facts={**facts, **named})
        assert said(ZH, alert) != "told"


def test_every_finding_kind_of_alert_and_subject_of_a_change_has_its_words() -> None:
    assert [*FOUND, *WORDS, *SUBJECTS] == [*Finding, *Kind, *Subject]
    assert TOLD.keys() == SENTENCES.keys() == WORDS.keys()


@pytest.mark.parametrize("finding", Finding)
def test_what_is_found_names_the_same_in_english_and_in_the_reader_s_words(finding: Finding) -> None:
    names = {name for _, name, _, _ in Formatter().parse(FINDINGS[finding]) if name}
    values: dict[str, str | int] = dict.fromkeys(names, 2)
    examined = Examined(NOW, (Check("disk", "ok", Found(finding, values)),))
    assert health(ZH, examined).rows[0].found


def change(
    subject: Subject, target: str = "x", action: str = "set", before: str | None = None, after: str | None = None
) -> Change:
    return Change(at=NOW, who="operator", subject=subject, target=target, action=action, before=before, after=after)


def test_a_change_is_told_in_words_and_what_has_none_stands_as_it_is() -> None:
    told = change(Subject.KEY, "3 keys", after='{"tags":["a"]}')
    assert change_row(T, told) == ChangeRow(
        NOW, "operator", "Set", "key", Target("3 keys"), What((), (Difference("Tags", "", "a"),))
    )
    assert change_row(ZH, told).target == Target("3 个密钥")
    other = Change(at=NOW, who="<b>", subject=Subject.POOL, target="<i>", action="fold", before="x" * 400)
    raw = What((), (Difference("", "x" * 160 + "…", ""),))
    assert change_row(T, other) == ChangeRow(NOW, "<b>", "fold", "pool", Target("<i>"), raw)


@pytest.mark.parametrize(
    ("told", "target"),
    [
        (change(Subject.KEY, "k1"), Target("Main …wxyz", address="/console/keys/k1")),
        (change(Subject.KEY, "unknown"), Target("unknown")),
        (change(Subject.TOKEN, "t1"), Target("办公室")),
        (change(Subject.TOKEN, "2 tokens"), Target("2 个令牌")),
        (
            change(Subject.OPTION, "max_retries"),
            Target("重试次数", "MAX_RETRIES", "/console/options/history?name=max_retries"),
        ),
        (change(Subject.OPTION, "of_a_later_version"), Target("of_a_later_version")),
        (change(Subject.JOURNAL, "12 error details"), Target("12 个错误的详情")),
        (change(Subject.ACCOUNT, "operator"), Target("管理员")),
        (change(Subject.BACKUP, "data/backups/1"), Target("data/backups/1")),
    ],
)
def test_what_was_changed_is_called_as_it_is_elsewhere(told: Change, target: Target) -> None:
    names = Names({"k1": KeyName("Main", "…wxyz", "", "/console/keys/k1")}, {"t1": "办公室"})
    assert change_row(ZH, told, names).target == target


def differences(told: Change, t: Words = T) -> tuple[Difference, ...]:
    what = what_of(t, told)
    assert what.said == ()
    return what.differences


def test_of_a_key_and_a_token_every_field_that_changed_is_told_before_and_after() -> None:
    key = change(
        Subject.KEY,
        before='{"label":"","tags":["a","b"],"tier":"free","weight":1,"off":""}',
        after='{"label":"Main","tags":["b","c"],"tier":"paid","weight":1,"off":"operator"}',
    )
    assert differences(key) == (
        Difference("Label", "", "Main"),
        Difference("Tags", "a", "c"),
        Difference("Tier", "Free", "Paid"),
    )
    token = change(
        Subject.TOKEN, before='{"rpm":0,"expires":null}', after=f'{{"rpm":60,"expires":{NOW + 60}}}', action="change"
    )
    assert differences(token, ZH) == (Difference("每分钟请求数", "", "60"), Difference("到期", "", "12:01"))


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("max_retries", "3", "5", [("", "3", "5")]),
        ("patience", "20.0", "0.5", [("", "20", "0.5")]),
        ("metrics_open", "false", "true", [("", "Off", "On")]),
        ("search_models", '["a","b"]', '["b","c"]', [("", "a", "c")]),
        ("create_image_model", '""', '"imagen"', [("", "", "imagen")]),
        (
            "quota_limits",
            '{"m": {"rpm": 5, "rpd": 9}, "gone": {"tpm": 1}}',
            '{"m": {"rpm": 10, "rpd": 9}}',
            [("m rpm", "5", "10"), ("gone tpm", "1", "")],
        ),
        (
            "safety_settings",
            "[]",
            '[{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]',
            [("HARM_CATEGORY_HARASSMENT", "", "BLOCK_NONE")],
        ),
        ("thinking_budget_map", '{"m": 0}', '{"m": 1024}', [("m", "0", "1024")]),
    ],
)
def test_of_an_option_the_value_is_told_before_and_after(
    name: str, before: str, after: str, told: list[tuple[str, str, str]]
) -> None:
    found = differences(change(Subject.OPTION, name, before=before, after=after))
    assert found == tuple(Difference(*one) for one in told)


def test_a_secret_option_is_told_to_have_changed_and_nothing_else() -> None:
    told = change(Subject.OPTION, "alert_secret", before='"…"', after='"hush"')
    assert what_of(T, told) == What(("What it is stays hidden.",))


def test_of_many_differences_the_first_are_told_and_how_many_more_there_are() -> None:
    limits = ",".join(f'"m{n}": {{"rpm": {n + 1}}}' for n in range(11))
    what = what_of(T, change(Subject.OPTION, "quota_limits", before="{}", after=f"{{{limits}}}"))
    assert (what.said, len(what.differences)) == (("… and 3 more",), 8)


@pytest.mark.parametrize(
    ("action", "after", "said"),
    [
        ("import", '{"new":1,"unlisted":2}', ("1 个新密钥", "2 个不再列出，已停用")),
        (
            "check",
            '{"well":["a","b"],"dead":{"c":"key_dead"}}',
            ("2 个密钥正常", "1 个密钥不可用：Google 表示这个密钥无效。"),
        ),
        ("reject", '{"apart":["a","b"]}', ()),
        ("reset", '{"well":["a"]}', ("1 个密钥正常",)),
    ],
)
def test_what_an_import_brought_and_a_check_found_is_told_in_words(
    action: str, after: str, said: tuple[str, ...]
) -> None:
    assert what_of(ZH, change(Subject.KEY, "3 keys", action, after=after)) == What(said)


@pytest.mark.parametrize("after", ['"1 new"', "{", '{"dead":{"a":"no such cause"}}', "[1]"])
def test_what_can_t_be_read_stands_as_it_was_written(after: str) -> None:
    for action in ("import", "check"):
        assert what_of(T, change(Subject.KEY, action=action, after=after)) == What((), (Difference("", "", after),))


def test_of_an_alert_the_log_tells_what_it_said() -> None:
    told = Change(
        at=NOW,
        who="gateway",
        subject=Subject.ALERT,
        target="pool_low",
        action="raise",
        after=told_as(ALERT, "json").decode(),
    )
    row = change_row(ZH, told)
    assert (row.target, row.what) == (Target("可用密钥不多"), What(("gemini 的 20 个密钥中只有 2 个可用（10%）。",)))
    unread = Change(at=NOW, who="gateway", subject=Subject.ALERT, target="new", action="raise", after="{")
    assert change_row(ZH, unread).target == Target("new")
    assert differences(unread) == (Difference("", "", "{"),)


def test_actions_have_words_in_the_past() -> None:
    assert {str(T(word)) for word in ACTIONS.values()} >= {"Added", "Deleted", "Enabled", "Exported"}
