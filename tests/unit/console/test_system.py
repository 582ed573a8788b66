"""What the page about the system makes of findings, alerts and changes."""

from __future__ import annotations

from datetime import UTC
from string import Formatter

import pytest

from gemini_balance.console.pages.system.alerts import TOLD, WORDS, AlertRow, said
from gemini_balance.console.pages.system.alerts import row_of as alert_row
from gemini_balance.console.pages.system.changes import ACTIONS, SUBJECTS, ChangeRow
from gemini_balance.console.pages.system.changes import row_of as change_row
from gemini_balance.console.pages.system.health import FOUND, CheckRow, Health, health
from gemini_balance.console.words import Words
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.alerts import SENTENCES, Alert, told_as
from gemini_balance.gateway.alerts import TOO_MANY, Told
from gemini_balance.gateway.findings import SENTENCES as FINDINGS
from gemini_balance.gateway.findings import Finding, Found, Size, found
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.gateway.upkeep import Check, Examined

NOW = 1_800_014_400.0
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


def test_a_change_is_told_in_words_and_what_has_none_stands_as_it_is() -> None:
    told = Change(at=NOW, who="operator", subject=Subject.KEY, target="3 keys", action="set", after='{"tags":["a"]}')
    assert change_row(T, told) == ChangeRow(NOW, "operator", "Set", "key", "3 keys", "", '{"tags":["a"]}')
    assert change_row(ZH, told).target == "3 个密钥"
    other = Change(at=NOW, who="<b>", subject=Subject.KEY, target="<i>", action="fold", before="x" * 400)
    assert change_row(T, other) == ChangeRow(NOW, "<b>", "fold", "key", "<i>", "x" * 160 + "…", "")


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
    assert (row.target, row.after) == ("可用密钥不多", "gemini 的 20 个密钥中只有 2 个可用（10%）。")
    unread = Change(at=NOW, who="gateway", subject=Subject.ALERT, target="new", action="raise", after="{")
    assert (change_row(ZH, unread).target, change_row(ZH, unread).after) == ("new", "{")


def test_actions_have_words_in_the_past() -> None:
    assert {str(T(word)) for word in ACTIONS.values()} >= {"Added", "Deleted", "Enabled", "Exported"}
