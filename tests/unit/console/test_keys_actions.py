"""What the pages about keys do, from their forms to the pool."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import pytest

from gemini_balance.app import build
from gemini_balance.core.keys import key_id
from gemini_balance.core.pool.key import Project, Source
from gemini_balance.gateway.key_views import only
from gemini_balance.settings import load
from tests.unit.console.desk import PASSWORD, Desk, Reply

if TYPE_CHECKING:
    from gemini_balance.app.app import App

pytestmark = pytest.mark.anyio
SECRETS = {name: f"AIzaSy{name * 3}0123456789-_0123456789abcdef" for name in "ABC"}
IDS = {name: key_id(secret) for name, secret in SECRETS.items()}
KEYS = "/console/keys"


@dataclass
class Room:
    """Three keys, and an operator who is signed in."""

    desk: Desk
    app: App
    cookie: str

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.desk.get(path, {"cookie": self.cookie, **headers})

    async def post(self, path: str, fields: dict[str, str | list[str]], **headers: str) -> Reply:
        return await self.desk.post(path, fields, {"cookie": self.cookie, **headers})

    def states(self) -> dict[str, str]:
        names = {known: name for name, known in IDS.items()}
        return {names[key_id_]: view.state for view in self.app.keys.ring.views() if (key_id_ := view.id) in names}  # type: ignore[index]


async def room() -> Room:
    desk = Desk()
    settings = {"AUTH_TOKEN": PASSWORD, "ACCESS_LOG": "false", "BASE_URL": "http://127.0.0.1:9/v1beta"}
    app = build(*load(settings | {"API_KEYS": ",".join(SECRETS.values())}))
    desk.app = app.console
    await app.keys.ring.load()
    return Room(desk, app, await desk.signed_in())


def said(reply: Reply) -> dict[str, object]:
    """What the next page tells."""
    cookie = reply.cookie("gemini-balance-said").partition("=")[2].strip('"')
    told: dict[str, object] = msgspec.json.decode(base64.urlsafe_b64decode(cookie))
    return told


async def test_what_is_done_is_told_with_its_count_and_an_undo() -> None:
    at = await room()
    done = await at.post(f"{KEYS}/disable", {"key": [IDS["A"], IDS["B"]], "where": "sort=label"})
    assert (done.status, done["location"]) == (303, f"{KEYS}?sort=label")
    assert at.states() == {"A": "disabled", "B": "disabled", "C": "ready"}
    told = said(done)
    assert (told["key"], told["values"]) == ("keys.done_disable", {"count": 2})
    undone = await at.post(str(told["undo"]), {})
    assert (undone["location"], said(undone)["values"]) == (f"{KEYS}?sort=label", {"count": 2})
    assert at.states() == {"A": "ready", "B": "ready", "C": "ready"}
    assert said(await at.post(str(told["undo"]), {}))["key"] == "keys.undone_not"


async def test_a_button_beside_what_was_told_leads_nowhere_but_into_the_console() -> None:
    at = await room()
    for undo in ("https://elsewhere.example/", "//elsewhere.example", "/v1/x"):
        told = base64.urlsafe_b64encode(msgspec.json.encode({"key": "key.saved", "undo": undo})).decode()
        page = await at.desk.get(KEYS, {"cookie": f"{at.cookie}; gemini-balance-said={told}"})
        assert ("The key was saved." in page.body, undo in page.body) == (True, False)


async def test_nothing_is_deleted_but_as_many_as_were_confirmed() -> None:
    at = await room()
    asked = await at.post(f"{KEYS}/ask?what=delete", {"where": "", "everything": "on"}, **{"hx-request": "true"})
    assert "Delete 3 keys?" in asked.body
    raced = await at.post(f"{KEYS}/delete", {"where": "", "everything": "on", "count": "2"})
    assert (raced.status, "The list has changed meanwhile" in raced.body, len(at.states())) == (409, True, 3)
    done = await at.post(f"{KEYS}/delete", {"key": IDS["A"], "count": "1"})
    assert (said(done)["values"], at.states()) == ({"count": 1}, {"B": "ready", "C": "ready"})


@pytest.mark.parametrize("action", ["verify", "reset", "ask?what=move", "delete", "export"])
async def test_nothing_ticked_is_said_so_and_nothing_is_done(action: str) -> None:
    at = await room()
    told = await at.post(f"{KEYS}/{action}", {"where": "state=ready"})
    assert (told["location"], said(told)["key"]) == (f"{KEYS}?state=ready", "keys.none_chosen")
    assert len(at.states()) == 3


async def test_secrets_are_written_out_only_for_who_says_so_twice() -> None:
    at = await room()
    masked = await at.post(f"{KEYS}/export", {"everything": "on", "format": "text"})
    assert (masked.body, masked["content-disposition"]) == (
        "…cdef\n…cdef\n…cdef\n",
        'attachment; filename="gemini-keys.txt"',
    )
    once = await at.post(f"{KEYS}/export", {"everything": "on", "format": "text", "secrets": "plain"})
    assert (once.status, SECRETS["A"] in once.body) == (422, False)
    fields: dict[str, str | list[str]] = {"everything": "on", "format": "text", "secrets": "plain", "sure": "on"}
    twice = await at.post(f"{KEYS}/export", fields)
    assert twice.body == "".join(f"{secret}\n" for secret in SECRETS.values())


async def test_keys_move_are_tagged_and_bad_words_are_refused_with_what_was_typed() -> None:
    at = await room()
    await at.post(f"{KEYS}/move", {"key": IDS["A"], "project": "amber"})
    await at.post(f"{KEYS}/tag", {"key": IDS["A"], "add": "#blue, red"})
    view = at.app.keys.ring.view(IDS["A"])
    assert (view.project, view.tags) == ("amber", ["blue", "red"])
    wrong = await at.post(f"{KEYS}/tag", {"key": IDS["A"], "add": "a;b"})
    assert (wrong.status, 'value="a;b"' in wrong.body, "A tag is one word" in wrong.body) == (422, True, True)
    long = await at.post(f"{KEYS}/move", {"key": IDS["A"], "project": "x" * 501})
    assert (long.status, at.app.keys.ring.view(IDS["A"]).project) == (422, "amber")


async def test_pasted_keys_are_seen_and_not_kept_before_they_are_added() -> None:
    at = await room()
    new = "AIzaSyDDD0123456789-_0123456789abcdefXY"
    text = f"{new}\n{SECRETS['A']}\nAIzaSy…rest"
    seen = await at.post(f"{KEYS}/add/preview", {"text": text}, **{"hx-request": "true"})
    assert [one in seen.body for one in ("1 key would be added", "1 there already", "1 suspicious")] == [True] * 3
    assert (new in seen.body, len(at.app.keys.ring.views())) == (False, 3)
    added = await at.post(f"{KEYS}/add/add", {"text": text, "tags": "fresh"})
    assert ("1 key added" in added.body, new in added.body) == (True, False)
    assert at.app.keys.ring.view(key_id(new)).tags == ["fresh"]
    nothing = await at.post(f"{KEYS}/add/add", {"text": "no keys here"})
    assert (nothing.status, "No key was found in it." in nothing.body, "no keys here" in nothing.body) == (
        422,
        True,
        True,
    )


async def test_a_key_has_a_page_until_it_is_deleted() -> None:
    at = await room()
    here = f"{KEYS}/{IDS['A']}"
    assert "It serves every model that it is asked for." in (await at.get(here)).body
    for action, state in (("disable", "disabled"), ("enable", "ready"), ("reset", "ready")):
        assert (await at.post(f"{here}/{action}", {}))["location"] == here
        assert at.states()["A"] == state
    assert said(await at.post(f"{here}/delete", {}))["key"] == "keys.done_delete"
    gone = await at.get(here)
    assert (gone.status, "There is no such page" in gone.body) == (404, True)


async def test_a_secret_is_replaced_on_the_key_s_own_page_and_leads_to_its_check() -> None:
    at, fresh = await room(), "AIzaSyNew0123456789-_0123456789abcdNew1"
    here = f"{KEYS}/{IDS['A']}"
    done = await at.post(f"{here}/secret", {"secret": f" {fresh} "})
    assert (done["location"].startswith(f"{KEYS}/check?of="), said(done)["key"]) == (True, "key.secret_replaced")
    page = html.unescape((await at.get(here)).body)
    assert ("…New1" in page, "Secret replaced" in page, fresh in page) == (True, True, False)


@pytest.mark.parametrize(
    ("secret", "status", "sentence"),
    [
        (SECRETS["B"], 409, "Another key here has that secret already"),
        (SECRETS["A"], 409, "This key has that secret already"),
        ('"><img src=x onerror=alert(1)>', 422, "This is no key"),
        ("", 422, "This is no key"),
    ],
    ids=["another's", "its own", "hostile", "nothing"],
)
async def test_a_secret_that_can_not_be_taken_is_refused_beside_its_field(
    secret: str, status: int, sentence: str
) -> None:
    at = await room()
    refused = await at.post(f"{KEYS}/{IDS['A']}/secret", {"secret": secret})
    assert (refused.status, sentence in refused.body, bool(secret) and secret in refused.body) == (status, True, False)
    assert [SECRETS["A"]] == [key.secret for key in at.app.keys.ring.keys(only(IDS["A"]))]


async def test_no_secret_is_on_any_page() -> None:
    at = await room()
    for path in (KEYS, f"{KEYS}/{IDS['A']}", f"{KEYS}/add", f"{KEYS}/check", "/console/projects"):
        page = (await at.get(path)).body
        assert [secret for secret in SECRETS.values() if secret in page] == [], path


async def grouped() -> Room:
    at = await room()
    pool = at.app.keys.ring.gateways["gemini_api"].pool
    keys = [pool.keys[IDS[name]] for name in "AB"]
    pool.regroup(0.0, [*keys], [Project("group-a", Source.INFERRED, [*keys], 2)])
    return at


async def test_a_proposal_is_confirmed_under_a_name() -> None:
    at = await grouped()
    page = html.unescape((await at.get("/console/projects")).body)
    assert re.findall("2 keys seem to share a project|2 proofs", page) == [
        "2 keys seem to share a project",
        "2 proofs",
    ]
    wrong = await at.post("/console/projects/confirm", {"name": "group-a", "project": "x" * 501})
    assert (wrong.status, "A project has up to 500 characters." in wrong.body) == (422, True)
    done = await at.post("/console/projects/confirm", {"name": "group-a", "project": "amber"})
    assert said(done)["values"] == {"count": 2, "project": "amber"}
    assert [at.app.keys.ring.view(IDS[name]).project for name in "ABC"] == ["amber", "amber", ""]


async def test_a_proposal_is_rejected_once() -> None:
    at = await grouped()
    assert said(await at.post("/console/projects/reject", {"name": "group-a"}))["values"] == {"count": 2}
    assert at.app.keys.ring.groups() == []
    for action in ("reject", "confirm"):
        assert said(await at.post(f"/console/projects/{action}", {"name": "group-a"}))["key"] == "projects.gone"
