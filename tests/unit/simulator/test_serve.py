"""The simulator as a process of its own."""

import signal
import socket
import subprocess
import sys
import time

from tests.unit.simulator.client import Client, ask

PROGRAM = "import sys; from gemini_balance.simulator import demo, serve; serve(demo(), port=int(sys.argv[1]))"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_it_serves_the_demo_until_it_is_told_to_end() -> None:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], stderr=subprocess.PIPE)
    try:
        reply = first_reply(Client("127.0.0.1", port))
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (reply, complaints) == (200, b"")


def first_reply(google: Client) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            return google.generate(ask("hi")).status
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise TimeoutError
