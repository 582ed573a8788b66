"""docs/clients.md names the clients that are proven, at the versions of the locks."""

from __future__ import annotations

import json
import re

import pytest

from tests.clients.proven import CLIENTS, FIGURE, NODE, PAGE, Client, rows
from tests.docs.places import ROOT

LOCKS = (ROOT / "requirements" / "clients.txt", NODE / "package-lock.json")


def test_the_page_has_a_row_for_each_client_and_no_other() -> None:
    assert list(rows(PAGE.read_text())) == [client.name for client in CLIENTS]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_row_names_the_locked_version_and_how_many_tests_passed(client: Client) -> None:
    row = rows(PAGE.read_text())[client.name]
    assert row[2] == client.locked, "run: make prove"
    assert re.match(r"[1-9]\d* passed", row[FIGURE])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_no_registry_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert [
        word for word in ('"resolved"', "--index", "--find-links", "file:", "/simple", "registry.") if word in text
    ] == []


def test_what_the_manifest_asks_for_is_what_is_locked() -> None:
    wanted = json.loads((NODE / "package.json").read_text())["devDependencies"]
    locked = json.loads((NODE / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
