"""The manual, a gateway set up as it presumes, and what may be named to it: a picture behind TLS."""

from __future__ import annotations

import base64
import os
import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from tests.e2e.manual.reading import sections_of
from tests.e2e.processes import GatewayProcess, control, gateway
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.manual.reading import Section

MANUAL_ABSENT = "The user's manual is not on this machine; set MANUAL to its file."
PAID = "AIzaSim-gold-1"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Picture(BaseHTTPRequestHandler):
    """One picture at every path."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
        pass


@pytest.fixture(scope="session")
def manual() -> str:
    file = Path(os.environ.get("MANUAL") or Path(__file__).parents[4] / "shared" / "manual.zh.md")
    if not file.is_file():
        pytest.skip(MANUAL_ABSENT)
    return file.read_text()


@pytest.fixture(scope="session")
def sections(manual: str) -> dict[str, Section]:
    return sections_of(manual)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def pictures(authority: trustme.CA) -> Iterator[str]:
    """Host and port of a server that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(Picture, context) as address:
        yield address


@pytest.fixture(scope="module")
def running_as_presumed(
    running_google: RunningSimulator, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    """With a key that is paid for, web search for the model that is searched with, and trust in our pictures."""
    folder = tmp_path_factory.mktemp("manual")
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    trusted = {"SSL_CERT_FILE": str(folder / "authority.pem"), "ALLOWED_MEDIA_HOSTS": "127.0.0.1"}
    with gateway(
        running_google, folder, PAID_KEY=PAID, SEARCH_MODELS='["gemini-2.5-pro"]', MAX_FAILURES="0", **trusted
    ) as running:
        yield running


@pytest.fixture
def presumed(google: RunningSimulator, running_as_presumed: GatewayProcess) -> GatewayProcess:
    control(google, projects={"gold": {"paid": True}})
    return running_as_presumed
