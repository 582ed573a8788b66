"""GET /system."""

from importlib.metadata import version
from socket import gethostname

import pytest

from gemini_balance.app import Kept
from gemini_balance.gateway.stores import Size
from tests.unit.management.stage import AUTH_TOKEN, managed

pytestmark = pytest.mark.anyio
NOT_KEPT = "Nothing is kept beyond the end of this process: there is no database that could be written."


class Disk:
    """Implements `Sizes`."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def size(self) -> Size:
        if self.away:
            raise OSError("the disk is gone")
        return Size("sqlite", 40_960, 8_192)


async def test_a_gateway_tells_what_it_is() -> None:
    gateway = managed(Kept(sizes=Disk()))
    told = (await gateway.ask("GET", "/system")).json
    assert 0 <= told.pop("uptime") < 60
    assert (started := told.pop("started")) > 1_700_000_000
    (replica,) = told.pop("replicas")
    assert (len(replica.pop("id")), replica.pop("seen") >= started) == (8, True)
    assert replica == {
        "host": gethostname(),
        "version": version("gemini-balance"),
        "started": started,
        "lives": True,
        "here": True,
    }
    assert told == {
        "version": version("gemini-balance"),
        "database": {"kind": "sqlite", "bytes": 40_960, "journal_bytes": 8_192},
        "lost_records": 0,
        "warnings": [],
    }


async def test_what_is_wrong_is_said_in_sentences() -> None:
    gateway = managed(API_KEYS="", ALLOWED_TOKENS="")
    assert (await gateway.ask("GET", "/system")).json["warnings"] == [
        NOT_KEPT,
        "No Gemini key can serve: every call is answered with 503. Add keys, or reset those that are invalid.",
        "There is no client token: every call is answered with 401. Make one, or list them in ALLOWED_TOKENS.",
    ]


async def test_a_database_that_is_away_is_told_and_the_answer_does_not_fail() -> None:
    told = (await managed(Kept(sizes=Disk(away=True))).ask("GET", "/system")).json
    assert (told["database"], len(told["replicas"])) == (None, 1)
    assert told["warnings"] == ["The database does not answer. Serving goes on; changes can't be made until it does."]


async def test_a_password_that_every_client_knows_is_warned_of() -> None:
    gateway = managed(Kept(sizes=Disk()), ALLOWED_TOKENS=AUTH_TOKEN)
    value = await gateway.app.management.cases.operators.sign_in(AUTH_TOKEN, "203.0.113.7")
    told = (await gateway.ask("GET", "/system", headers={"authorization": f"Bearer {value}"})).json
    (warning,) = told["warnings"]
    assert warning.startswith("AUTH_TOKEN is one of ALLOWED_TOKENS")
