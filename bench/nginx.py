"""nginx as the floor: it moves the same bytes to the same upstream and translates nothing."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from bench.bodies import MODEL
from bench.processes import Server, free_port

UNARY_PATH = "/unary"
STREAM_PATH = "/stream"
READY_PATH = "/ready"

HOW_TO_INSTALL = "nginx isn't installed, so no ratio is printed; on Debian: apt-get install nginx-light"
POLICY = Path("/usr/sbin/policy-rc.d")
INSTALL = (
    "apt-get update",
    "apt-get install --yes --no-install-recommends nginx-light",
)
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx")

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events {{
    worker_connections 8192;
}}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_buffer_size 64k;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header x-goog-api-key AIzaBench0000;
    upstream gemini {{
        server 127.0.0.1:{upstream_port};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = {ready_path} {{
            return 200;
        }}
        location = {unary_path} {{
            proxy_pass http://gemini/v1beta/models/{model}:generateContent;
        }}
        location = {stream_path} {{
            proxy_buffering off;
            proxy_pass http://gemini/v1beta/models/{model}:streamGenerateContent?alt=sse;
        }}
    }}
}}
"""


def configuration(port: int, upstream_port: int) -> str:
    """The file that nginx reads."""
    return CONFIGURATION.format(
        port=port,
        upstream_port=upstream_port,
        model=MODEL,
        ready_path=READY_PATH,
        unary_path=UNARY_PATH,
        stream_path=STREAM_PATH,
    )


def nginx_server(program: str, core: int, folder: Path, upstream_port: int) -> Server:
    """nginx with a configuration of its own in a folder of its own."""
    port = free_port()
    home = folder / "nginx"
    home.mkdir()
    (home / "nginx.conf").write_text(configuration(port, upstream_port))
    command = [program, "-e", "stderr", "-p", f"{home}/", "-c", "nginx.conf"]
    return Server("nginx", command, port, core, home, READY_PATH)


def find_nginx(*, install: bool) -> str | None:
    """The nginx of this machine, installed first where that is possible and wished."""
    program = _look()
    if program is None and install and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing nginx-light ...", flush=True)
        _install()
        program = _look()
    return program


def version(program: str) -> str:
    """As nginx tells it: `1.22.1`."""
    told = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stderr
    return told.strip().rpartition("/")[2]


def _look() -> str | None:
    return shutil.which("nginx") or next((place for place in PLACES if Path(place).exists()), None)


def _install() -> None:
    """Install the program but no service: policy-rc.d (ours, where there is none yet) keeps Debian from starting it."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        for command in INSTALL:
            subprocess.run(shlex.split(command), env=quiet, stdout=subprocess.DEVNULL, check=False)
        if shutil.which("systemctl"):  # nor shall it start at the next boot
            subprocess.run(["systemctl", "--quiet", "disable", "nginx.service"], check=False)
    finally:
        if ours:
            POLICY.unlink()
