"""Keys come and go while the gateway serves, and what the operator says of them outlives it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from gemini_balance.core.keys import key_id
from tests.e2e.processes import KEYS, free_port, gateway, requests

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance import simulator
    from tests.e2e.processes import GatewayProcess

NEW = "AIzaSim-dill-1"
DEAD = "AIzaSim-elder-1-dead"
SOON = 40.0  # seconds, on a machine that is busy with something else


def keys(folder: Path, *words: str, code: int = 0, settings: dict[str, str] | None = None) -> Any:
    """What `gemini-balance keys …` answers, beside a gateway or without one."""
    command = [sys.executable, "-m", "gemini_balance", "keys", *words, "--json"]
    environment = {"PATH": os.environ["PATH"]} | (settings or {})
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return json.loads(ended.stdout)


def used(google: simulator.RunningSimulator) -> set[str]:
    return {request["key"] for request in requests(google)}


def answers(running: GatewayProcess) -> int:
    return running.chat("Hello!").status


def until(status: int, running: GatewayProcess) -> bool:
    end = time.monotonic() + SOON
    while answers(running) != status:
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def test_a_key_that_is_added_while_serving_serves_the_next_call(
    google: simulator.RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path, API_KEYS="") as running:
        assert answers(running) == 503
        keys(tmp_path, "add", NEW, "--force", "--label", "late")
        assert until(200, running)
    assert used(google) == {NEW}


def test_a_deleted_key_stays_deleted_though_the_environment_lists_it(
    google: simulator.RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path, API_KEYS=KEYS[0]) as running:
        assert answers(running) == 200
        keys(tmp_path, "remove", key_id(KEYS[0]))
        assert until(503, running)
    with gateway(google, tmp_path, API_KEYS=KEYS[0]) as running:
        assert answers(running) == 503
        keys(tmp_path, "add", KEYS[0], "--force")
        assert until(200, running)


def test_another_secret_serves_the_next_call_and_outlives_the_restart_whichever_is_listed(
    google: simulator.RunningSimulator, tmp_path: Path
) -> None:
    fresh, here = "AQ.Sim-willow_tree-1", f"/api/admin/v1/keys/{key_id(KEYS[0])}"
    operator = {"Authorization": "Bearer the-operator-s-own", "Content-Type": "application/json"}
    with gateway(google, tmp_path, API_KEYS=KEYS[0], AUTH_TOKEN="the-operator-s-own") as running:
        answered = running.request("POST", f"{here}/secret", json.dumps({"secret": fresh}).encode(), operator)
        assert (answered.status, answers(running)) == (202, 200)
        again = running.request("POST", f"{here}/secret", json.dumps({"secret": fresh}).encode(), operator)
        assert (again.status, again.json["error"]["message"]) == (409, "This key has that secret already.")
    assert used(google) == {fresh}
    for listed in (KEYS[0], fresh):
        with gateway(google, tmp_path, API_KEYS=listed) as running:
            assert (answers(running), len(keys(tmp_path, "list")["keys"])) == (200, 1)
            assert (KEYS[0] in running.log.read_text(), fresh in running.log.read_text()) == (False, False)
    assert used(google) == {fresh}


def test_what_the_environment_lists_no_longer_is_off_until_it_returns(
    google: simulator.RunningSimulator, tmp_path: Path
) -> None:
    for listed, states in (
        (KEYS[:2], ["ready", "ready"]),
        (KEYS[:1], ["ready", "disabled"]),
        (KEYS[:2], ["ready", "ready"]),
    ):
        with gateway(google, tmp_path, API_KEYS=",".join(listed)) as running:
            assert answers(running) == 200
            shown = {row["id"]: row for row in keys(tmp_path, "list")["keys"]}
        rows = [shown[key_id(key)] for key in KEYS[:2]]
        assert [row["state"] for row in rows] == states
        assert [row["reason"] for row in rows] == ["" if state == "ready" else "unlisted" for state in states]
        assert all(key not in running.log.read_text() for key in KEYS)


def test_a_check_beside_a_running_gateway_finds_the_dead_and_a_reset_brings_them_back(
    google: simulator.RunningSimulator, tmp_path: Path
) -> None:
    settings = {"BASE_URL": f"{google.url}/v1beta"}
    with gateway(google, tmp_path, API_KEYS=f"{KEYS[0]},{DEAD}") as running:
        assert answers(running) == 200
        found = keys(tmp_path, "check", code=3, settings=settings)
        assert found["results"] == {"well": [key_id(KEYS[0])], "key_dead": [key_id(DEAD)]}
    rows = {row["id"]: row for row in keys(tmp_path, "list")["keys"]}
    assert (rows[key_id(DEAD)]["state"], rows[key_id(DEAD)]["reason"]) == ("invalid", "key_dead")
    assert keys(tmp_path, "reset", key_id(DEAD))["changed"] == [key_id(DEAD)]
    rows = {row["id"]: row for row in keys(tmp_path, "list")["keys"]}
    assert rows[key_id(DEAD)]["state"] == "ready"


def test_the_demo_keeps_what_it_needs_in_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gemini_balance", "demo", "--port", str(port)]
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as demo:
        end = time.monotonic() + SOON
        while not ready(port) and time.monotonic() < end:
            time.sleep(0.1)
        (folder,) = tmp_path.iterdir()
        held = (folder / "gemini-balance.db").exists()
        demo.send_signal(signal.SIGINT)
        demo.wait(SOON)
    assert (held, list(tmp_path.iterdir())) == (True, [])


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
