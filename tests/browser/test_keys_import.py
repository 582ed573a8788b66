"""A thousand pasted keys: seen first, then kept, then verified; and files."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.processes import KEYS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.visitor import Desk


def _key(name: str) -> str:
    """As long as a real one, and well known to the fake Google."""
    return f"AIzaSim-{hashlib.sha256(name.encode()).hexdigest()[:29]}-1"


MANY = [_key(str(n)) for n in range(1_000)]


def test_a_thousand_pasted_keys_are_seen_kept_and_verified(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys/add")
    page.get_by_label("Keys", exact=True).fill("\n".join([*MANY, KEYS[0], MANY[0], "AIzaSy…masked"]))
    expect(page.get_by_text("1,000 keys would be added")).to_be_visible()
    for count in ("1,000 new", "1 there already", "1 twice in the text", "1 suspicious"):
        expect(page.get_by_text(count, exact=True)).to_be_visible()
    desk.look_over(page)
    page.get_by_role("button", name="Add 1,000 keys").click()
    expect(page.get_by_role("heading", name="1,000 keys added")).to_be_visible()
    desk.look_over(page)
    page.get_by_role("button", name="Verify the 1,000 new keys").click()
    expect(page.get_by_text("1,000 of 1,000 checked")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="1,000 keys are well", exact=True)).to_be_visible()
    page.goto("/console/keys")
    expect(page.get_by_text("1 to 50 of 1,005")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51 to 100 of 1,005")).to_be_visible()


def test_the_database_of_the_well_known_implementation_is_read(desk: Desk, tmp_path: Path) -> None:
    database = tmp_path / "default.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t_settings (key TEXT, value TEXT)")
        connection.execute(
            "INSERT INTO t_settings VALUES ('API_KEYS', ?)", [json.dumps([_key("olive"), _key("almond")])]
        )
    connection.close()
    page = desk.sign_in(path="/console/keys/add")
    page.get_by_label("Or a file").set_input_files(database)
    page.get_by_label("Tags").fill("old")
    page.get_by_role("button", name="Add 2 keys").click()
    expect(page.get_by_role("heading", name="2 keys added")).to_be_visible()
    page.goto("/console/keys?tag=old")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_without_scripts_a_file_is_seen_before_it_is_kept(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "keys.csv"
    file.write_text(f"key,label\n{_key('plum')},garden\n")
    page = desk.sign_in(path="/console/keys/add", java_script_enabled=False)
    page.get_by_label("Or a file").set_input_files(file)
    page.locator("[formaction$=preview]").click()
    expect(page.get_by_text("1 key would be added")).to_be_visible()
    page.get_by_role("button", name="Add 1 key").click()
    expect(page.get_by_role("heading", name="1 key added")).to_be_visible()
    page.goto("/console/keys?q=garden")
    expect(page.locator("tbody tr")).to_have_count(1)
