"""Google behind a path of some other server, as proxies of operators have it: BASE_URL=http://host/some/path/v1beta."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from google import genai
from google.genai import types

from tests.e2e.processes import TOKEN, control, gateway, requests
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

PATH = "/some/path"
HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


class Mounted(BaseHTTPRequestHandler):
    """Passes what is below its path on to Google, and knows nothing else."""

    google = ""

    def do_POST(self) -> None:
        self._pass_on()

    def do_GET(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        if not self.path.startswith(f"{PATH}/"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) if self.command == "POST" else None
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        wanted = urllib.request.Request(self.google + self.path.removeprefix(PATH), body, headers, method=self.command)
        try:
            reply = urllib.request.urlopen(wanted, timeout=10)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            told = reply.read()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
        pass


@pytest.fixture
def mounted(google: RunningSimulator) -> Iterator[str]:
    """The address below which Google is."""
    handler = type("Here", (Mounted,), {"google": google.url})
    with serving(handler) as address:
        yield f"http://{address}{PATH}"


@pytest.mark.parametrize("knows", [True, False], ids=["its addresses have the path", "they have only the host"])
def test_an_upload_goes_through_the_gateway_and_back(
    google: RunningSimulator, mounted: str, tmp_path: Path, knows: bool
) -> None:
    """Each piece, and a call that then names the file."""
    control(google, resources={"address": mounted if knows else mounted.removesuffix(PATH)})
    (tmp_path / "note.txt").write_text("A note.")
    with gateway(google, tmp_path, BASE_URL=f"{mounted}/v1beta") as served:
        options = types.HttpOptions(base_url=served.url)
        with genai.Client(api_key=TOKEN, http_options=options) as client:
            file = client.files.upload(file=tmp_path / "note.txt")
            assert file.uri is not None
            assert urlsplit(file.uri).netloc == f"127.0.0.1:{served.port}"
            assert urlsplit(file.uri).path.endswith(f"/{file.name}")
            answer = client.models.generate_content(model="gemini-2.5-flash", contents=[file, "What is in it?"])
            assert answer.text
            assert [one.uri for one in client.files.list()] == [file.uri]
    (asked,) = [one for one in requests(google) if one["path"].endswith(":generateContent")]
    assert f"{mounted}/" in asked["body"]
