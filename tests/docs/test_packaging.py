"""The files around the code: container, workflow, example settings, versions. No engine is needed to read them."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from dotenv import dotenv_values

from assets import vendor
from assets.packed import check
from gemini_balance import cli
from gemini_balance.cli import serving
from gemini_balance.server import GRACE_SECONDS
from gemini_balance.settings import Settings, load
from tests.docs.options_page import names
from tests.docs.places import ROOT, SOURCE, project, targets

DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
COMPOSE = (ROOT / "compose.yaml").read_text()
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
VENDORED = "src/gemini_balance/console/static/vendor"
EXAMPLE = re.findall(r"^(?:# )?([A-Z][A-Z_]*)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def _instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


def test_the_base_image_is_pinned_to_a_patch_version() -> None:
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+( AS [a-z]+)?", image) for image in _instructions("FROM"))


def test_the_container_runs_as_an_ordinary_user_known_by_number() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", _instructions("USER")[-1])
    assert DOCKERFILE.rindex("\nUSER") < DOCKERFILE.index("\nCMD")


def test_the_container_starts_a_command_that_exists_without_a_shell() -> None:
    program, command = json.loads(_instructions("CMD")[-1])
    assert program in project()["project"]["scripts"]
    assert command in cli.main.commands


def test_the_health_check_is_python_that_compiles_and_asks_for_readiness() -> None:
    check = _instructions("HEALTHCHECK")[0]
    python, flag, script = json.loads(check[check.index("[") :])
    assert (python, flag) == ("python", "-c")
    compile(script, "HEALTHCHECK", "exec")
    assert "/health/ready" in script


def test_dependencies_are_installed_from_the_lock_with_hashes() -> None:
    first, second = (line for line in _instructions("RUN") if line.startswith("pip install"))
    assert {"--require-hashes", "requirements/runtime.txt"} <= set(shlex.split(first))
    assert {"--no-deps", "--no-build-isolation"} <= set(shlex.split(second))


def test_what_the_image_copies_exists_and_is_let_in_and_secrets_are_not() -> None:
    rules = (ROOT / ".dockerignore").read_text().split()
    here = [line for line in _instructions("COPY") if not line.startswith("--from=")]
    copied = {source for line in here for source in line.split()[:-1]}
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {f"!{source}" for source in copied} == {rule for rule in rules if rule.startswith("!")}
    assert "*" in rules


def test_the_console_s_assets_are_fetched_in_a_stage_of_their_own_and_none_are_taken_from_here() -> None:
    assert "python -m assets.fetch" in _instructions("RUN")[0]
    assert [line.split()[-1] for line in _instructions("COPY") if line.startswith("--from=assets")] == [VENDORED]
    assert VENDORED in (ROOT / ".dockerignore").read_text().split()


def test_the_locks_of_what_comes_from_npm_name_no_address() -> None:
    for lock in (ROOT / "assets" / "package-lock.json", ROOT / "tests" / "browser" / "package-lock.json"):
        assert "resolved" not in lock.read_text()
        assert "http" not in lock.read_text()


def test_the_build_packs_what_was_fetched_and_says_so_where_nothing_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "VENDOR", ROOT / "nowhere")
    check("editable")
    with pytest.raises(SystemExit, match="`make assets`"):
        check("standard")
    assert project()["tool"]["hatch"]["build"]["targets"]["wheel"]["artifacts"] == [f"{VENDORED}/*"]


def test_no_image_is_named_latest() -> None:
    assert ":latest" not in DOCKERFILE + COMPOSE


def test_compose_waits_longer_for_the_end_than_the_gateway_takes() -> None:
    found = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert found
    assert int(found[1]) > Settings.model_fields["shutdown_timeout"].default + GRACE_SECONDS


def test_the_workflow_runs_nothing_but_make_targets() -> None:
    commands = re.findall(r"run: (.*)", WORKFLOW)
    assert commands
    assert [line for line in commands if line.removeprefix("make ") not in targets()] == []


def test_the_workflow_pins_its_actions() -> None:
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|[0-9a-f]{40})", used) for used in re.findall(r"uses: (.*)", WORKFLOW))


def test_the_workflow_tries_the_oldest_python_that_is_promised() -> None:
    oldest = project()["project"]["requires-python"].removeprefix(">=")
    assert f'["{oldest}"' in WORKFLOW


@pytest.mark.parametrize(("name", "value"), EXAMPLE, ids=[name for name, _ in EXAMPLE])
def test_every_line_of_the_example_can_be_used(name: str, value: str) -> None:
    assert name in names()
    load({name: value})


def test_the_example_holds_no_secret() -> None:
    values = dotenv_values(ROOT / ".env.example")
    assert values == {"API_KEYS": "", "ALLOWED_TOKENS": "", "AUTH_TOKEN": ""}


def test_no_token_is_built_in_and_only_the_command_line_knows_that_of_the_demo() -> None:
    assert Settings.model_fields["allowed_tokens"].default == ()
    assert [path.name for path in SOURCE.rglob("*.py") if serving.DEMO_TOKEN in path.read_text()] == ["serving.py"]


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == project()["project"]["version"]


def test_the_license_is_the_one_that_the_package_names() -> None:
    assert (ROOT / "LICENSE").read_text().startswith(f"{project()['project']['license']} License")
