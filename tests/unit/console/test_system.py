"""What the page about the system makes of findings, alerts and changes."""

from __future__ import annotations

from datetime import UTC

import pytest

from gemini_balance.console.pages.system.alerts import WORDS, AlertRow
from gemini_balance.console.pages.system.alerts import row_of as alert_row
from gemini_balance.console.pages.system.changes import ACTIONS, SUBJECTS, ChangeRow
from gemini_balance.console.pages.system.changes import row_of as change_row
from gemini_balance.console.pages.system.health import CheckRow, Health, health
from gemini_balance.console.words import Words
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.alerts import Alert
from gemini_balance.gateway.alerts import Told
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.gateway.upkeep import Check, Examined

NOW = 1_800_014_400.0
T = Words("en", UTC, NOW)


def test_a_finding_has_its_name_and_what_to_do_where_it_is_not_well() -> None:
    found = Examined(
        NOW,
        (
            Check("integrity", "ok", "its files are whole"),
            Check("disk", "warn", "800 MB are free"),
            Check("proxy 2", "fail", "can't be reached"),
            Check("tables (journal)", "ok", "0001"),
            Check("data/secret-key", "fail", "others may read it"),
        ),
    )
    assert health(found) == Health(
        NOW,
        3,
        (
            CheckRow("ok", "check", "check.integrity", "", "its files are whole", ""),
            CheckRow("wait", "info", "check.disk", "", "800 MB are free", "check.disk_do"),
            CheckRow("bad", "errors", "check.proxy", "2", "can't be reached", "check.proxy_do"),
            CheckRow("ok", "check", "check.tables", "(journal)", "0001", ""),
            CheckRow("bad", "errors", "check.file", "data/secret-key", "others may read it", "check.file_do"),
        ),
    )


@pytest.mark.parametrize(
    ("delivery", "delivered", "failed"),
    [
        ("delivered", True, ""),
        ("", False, ""),
        ("not delivered: it answered 500", False, "not delivered: it answered 500"),
    ],
)
def test_an_alert_says_what_became_of_it(delivery: str, delivered: bool, failed: str) -> None:
    alert = Alert(at=NOW, kind=Kind.POOL_LOW, subject="gemini", message="2 of 20 keys are usable.")
    assert alert_row(Told(alert, delivery)) == AlertRow(
        NOW, "alert.pool_low", "gemini", "2 of 20 keys are usable.", True, delivered, failed
    )


def test_every_kind_of_alert_and_every_subject_of_a_change_has_its_words() -> None:
    assert [*WORDS, *SUBJECTS] == [*Kind, *Subject]


def test_a_change_is_told_in_words_and_what_has_none_stands_as_it_is() -> None:
    told = Change(at=NOW, who="operator", subject=Subject.KEY, target="3 keys", action="set", after='{"tags":["a"]}')
    assert change_row(T, told) == ChangeRow(NOW, "operator", "Set", "key", "3 keys", "", '{"tags":["a"]}')
    other = Change(at=NOW, who="<b>", subject=Subject.KEY, target="<i>", action="fold", before="x" * 400)
    assert change_row(T, other) == ChangeRow(NOW, "<b>", "fold", "key", "<i>", "x" * 160 + "…", "")


def test_actions_have_words_in_the_past() -> None:
    assert {str(T(word)) for word in ACTIONS.values()} >= {"Added", "Deleted", "Enabled", "Exported"}
