"""A server that runs, for commands that are to work on it rather than on the database beside them."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "/api/admin/v1"
SECONDS = 60.0
NO_TOKEN = "Set GEMINI_BALANCE_TOKEN, or give --token: the server's AUTH_TOKEN."  # noqa: S105  (about one)
NOT_THERE = "This command works on the database beside it, not on a server."
NO_SERVER = "An address of a server begins with http:// or https://."
SERVER = click.option("--server", envvar="GEMINI_BALANCE_SERVER", help="Work on the server at this address.")
TOKEN = click.option("--token", envvar="GEMINI_BALANCE_TOKEN", help="The operator's token of that server.")


@dataclass(frozen=True, slots=True)
class Remote:
    """Speaks the management API."""

    server: str
    token: str = field(repr=False)

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The answer's JSON; None where there is none. A list in the query is given word by word, None not at all.

        Raises GatewayError with the server's own sentence.
        """
        from gemini_balance.core.errors import GatewayError

        given = {name: _spelled(value) for name, value in query.items() if value is not None}
        target = f"{PREFIX}{path}?{urlencode(given, doseq=True)}" if given else PREFIX + path
        try:
            status, text = self._sent(method, target, None if body is None else json.dumps(body))
        except (OSError, http.client.HTTPException) as error:
            raise GatewayError(f"{self.server} can't be reached: {error}.") from error
        return _answer(self.server, status, text)

    def all(self, path: str, **query: object) -> Iterator[Any]:
        """The items of all pages."""
        after: str | None = None
        while True:
            page = self.ask("GET", path, after=after, **query)
            yield from page["items"]
            if (after := page["next"]) is None:
                return

    def _sent(self, method: str, target: str, body: str | None) -> tuple[int, bytes]:
        address = urlsplit(self.server)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        with closing(kind(address.netloc, timeout=SECONDS)) as connection:
            connection.request(method, address.path.rstrip("/") + target, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()


def remote() -> Remote | None:
    """What this command was told to work on; None: the database. Raises UsageError."""
    context = click.get_current_context(silent=True)
    said: Mapping[str, Any] = context.find_root().params if context is not None else {}
    server, token = said.get("server"), said.get("token")
    if not server:
        return None
    if not server.startswith(("http://", "https://")):
        raise click.UsageError(NO_SERVER)
    if not token:
        raise click.UsageError(NO_TOKEN)
    return Remote(server, token)


def _answer(server: str, status: int, text: bytes) -> Any:
    from gemini_balance.core.errors import GatewayError

    try:
        told: Any = json.loads(text) if text else None
        if status >= http.client.BAD_REQUEST:
            raise GatewayError(told["error"]["message"])
    except (ValueError, KeyError, TypeError) as error:
        raise GatewayError(f"{server} answers {status}, but not as this program's servers do.") from error
    return told


def _spelled(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
