"""The page about the system over sockets: it examines, backs up, tries the webhook, and tells who changed what."""

from __future__ import annotations

import io
import re
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.console.visiting import Visitor, signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import GatewayProcess

PASSWORD = "password-of-the-operator"
SYSTEM = "/console/system"


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    settings = {"AUTH_TOKEN": PASSWORD, "ALERT_WEBHOOK_URL": "http://127.0.0.1:9/hook"}
    with gateway(running_google, tmp_path_factory.mktemp("system"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def operator(served: GatewayProcess) -> Visitor:
    return signed_in(served, PASSWORD)


def test_an_examination_is_asked_for_and_tells_what_it_found(operator: Visitor) -> None:
    assert "A check looks at the folder" in operator.read(SYSTEM)
    asked = operator.post(f"{SYSTEM}/examine", {})
    assert (asked.status, asked.headers["location"]) == (303, SYSTEM)
    found = operator.shows(SYSTEM, "checked at")
    assert "Its files are whole" in found
    assert "A check looks at the folder" not in found


def test_a_backup_is_made_where_the_page_says_and_noted_among_the_changes(
    operator: Visitor, served: GatewayProcess
) -> None:
    assert operator.post(f"{SYSTEM}/backup", {}).status == 303
    page = operator.shows(SYSTEM, "data/backups/")
    place = page.partition("data/backups/")[2].partition("<")[0]
    assert {path.name for path in (served.log.parent / "data" / "backups" / place).iterdir()} == {
        "gemini-balance.db",
        "journal.db",
    }
    assert place in operator.read(f"{SYSTEM}/changes?subject=backup")


def test_a_backup_is_downloaded_by_its_name_and_nothing_else_is(operator: Visitor, served: GatewayProcess) -> None:
    page = operator.shows(SYSTEM, 'name="name"')
    name = re.search(r'name="name" value="([^"]+)"', page)
    assert name
    got = operator.post(f"{SYSTEM}/download", {"name": name[1]})
    assert (got.status, got.headers["content-type"]) == (200, "application/x-tar")
    assert got.headers["content-disposition"] == f'attachment; filename="gemini-balance-{name[1]}.tar"'
    assert int(got.headers["content-length"]) == len(got.body)
    with tarfile.open(fileobj=io.BytesIO(got.body)) as read:
        assert read.getnames() == [f"{name[1]}/gemini-balance.db", f"{name[1]}/journal.db"]
    secret = (served.log.parent / "data" / "secret-key").read_bytes().strip()
    assert secret not in got.body
    assert name[1] in operator.read(f"{SYSTEM}/changes?subject=backup")
    for wrong in ("..", "../..", f"../backups/{name[1]}", "", "secret-key"):
        assert operator.post(f"{SYSTEM}/download", {"name": wrong}).status == 404
    assert Visitor(served).post(f"{SYSTEM}/download", {"name": name[1]}).status == 303


def test_all_processes_that_serve_on_a_database_are_listed(
    operator: Visitor, served: GatewayProcess, running_google: simulator.RunningSimulator
) -> None:
    with gateway(running_google, served.log.parent, AUTH_TOKEN=PASSWORD) as other:
        told = other.request("GET", "/api/admin/v1/system", headers={"Authorization": f"Bearer {PASSWORD}"}).json
        first, second = told["replicas"]
        assert (first["here"], second["here"], second["lives"]) == (True, False, True)
        assert "this one" in operator.shows(SYSTEM, first["id"])
    assert first["id"] not in operator.read(SYSTEM)


def test_a_webhook_that_takes_nothing_is_said_in_words(operator: Visitor) -> None:
    tried = operator.post(f"{SYSTEM}/try-webhook", {})
    assert (tried.status, b"The webhook did not take it" in tried.body) == (400, True)


def test_changes_are_told_page_by_page_and_filtered(operator: Visitor, served: GatewayProcess) -> None:
    headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
    for n in range(60):
        body = b'{"values": {"max_retries": %d}}' % (n % 2 + 4)
        assert served.request("PATCH", "/api/admin/v1/options", body, headers).status == 200
    first = operator.read(f"{SYSTEM}/changes?subject=option")
    assert first.count("MAX_RETRIES") == 50
    assert "<del>4</del> → <ins>5</ins>" in first
    older = first.partition('href="/console/system/changes?')[2].partition('"')[0].replace("&amp;", "&")
    second = operator.read(f"{SYSTEM}/changes?{older}")
    assert second.count("MAX_RETRIES") == 10
    assert "Newest" in second
    assert "No change" in operator.read(f"{SYSTEM}/changes?subject=alert")
    for odd in ("before=x", "before=-1", "subject=nothing", "before=99999999999999999999"):
        assert "MAX_RETRIES" in operator.read(f"{SYSTEM}/changes?{odd}")


def test_what_is_written_into_a_change_is_text(operator: Visitor, served: GatewayProcess) -> None:
    headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
    body = b'{"name": "\\"><img src=x onerror=alert(1)>"}'
    assert served.request("POST", "/api/admin/v1/tokens", body, headers).status == 201
    page = operator.read(f"{SYSTEM}/changes?subject=token")
    assert "onerror=alert(1)" in page
    assert "<img src=x" not in page
