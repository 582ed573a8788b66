"""Lines of the log: one an event, as JSON or for people, with the call they belong to and without any secret."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.core.redaction import Redactor
from gemini_balance.gateway.bound import CALL_ID
from gemini_balance.telemetry.logs import configure

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "hunter-2222"
log = logging.getLogger("gemini_balance.test")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, sys.excepthook, threading.excepthook = before


def lines(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    log.info("Ready on %s", "port 1")
    (line,) = lines(capsys)
    del line["timestamp"]
    assert line == {"event": "Ready on port 1", "level": "info", "logger": "gemini_balance.test"}


def test_a_line_is_for_people_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "console")
    log.info("Ready")
    assert "Ready" in (told := capsys.readouterr().err)
    assert not told.startswith("{")


def test_what_is_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    log.info("nothing")
    assert capsys.readouterr().err == ""


def test_whatever_is_logged_while_a_call_is_served_tells_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")

    def served() -> None:
        CALL_ID.set("0198")
        logging.getLogger("a.library").info("inside")

    copy_context().run(served)
    log.info("outside")
    assert [(line["event"], line.get("request_id")) for line in lines(capsys)] == [
        ("inside", "0198"),
        ("outside", None),
    ]


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_in_a_message_an_argument_or_a_traceback(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug", form, Redactor([SECRET]))
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError:
        log.exception("It failed with %s and Bearer abc", SECRET)
    told = capsys.readouterr().err
    assert (SECRET in told, "Bearer abc" in told, told.count("REDACTED")) == (False, False, 3)


def test_what_nobody_catches_is_a_line_without_secrets_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", redactor=Redactor([SECRET]))
    error = ValueError(SECRET)
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=_fail, args=(error,))
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(SECRET, stacklevel=1)
    told = lines(capsys)
    assert [line["level"] for line in told] == ["critical", "critical", "warning"]
    assert SECRET not in json.dumps(told)


def _fail(error: Exception) -> None:
    raise error


def test_libraries_that_tell_what_they_are_given_are_quiet_on_lower_levels(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    for name in ("aiosqlite", "sqlalchemy.engine.Engine", "alembic.runtime.migration"):
        logging.getLogger(name).info("INSERT INTO options VALUES (?)")
    assert capsys.readouterr().err == ""
