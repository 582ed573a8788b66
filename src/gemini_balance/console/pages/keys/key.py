"""A key's own page: can it serve, what is left, what it did, what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Goes, Page, Said, Stays
from gemini_balance.console.pages.keys.adding import UPSTREAMS
from gemini_balance.console.pages.keys.asked import PATH, SHOWN
from gemini_balance.console.pages.keys.editing import NotSo, Typed, edit_of, typed_of
from gemini_balance.console.pages.keys.past import Past, past_of
from gemini_balance.console.pages.keys.rows import lanes_of, why
from gemini_balance.console.states import remedy
from gemini_balance.core.keys import UnusableKey
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.report import Standing
from gemini_balance.gateway.key_secrets import SecretTaken
from gemini_balance.gateway.key_views import KeyState, only
from gemini_balance.gateway.stores import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Act, Visit
    from gemini_balance.console.pages.keys.rows import Why
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.core.pool.report import KeyLane
    from gemini_balance.gateway.key_views import KeyView

EVERY = 3.0  # seconds
_CAUSES = {cause.value: cause for cause in Cause}
_TITLES = {
    KeyState.READY: "key.is_ready",
    KeyState.COOLING: "key.is_resting",
    KeyState.PROBING: "key.is_probing",
    KeyState.INVALID: "key.is_invalid",
    KeyState.DISABLED: "key.is_disabled",
}


ORIGINS = {Origin.ENVIRONMENT: "key.from_environment", Origin.OPERATOR: "key.from_operator"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Can it serve? `title` and `text` are messages; `why` and `remedy` say more, where there is more to say."""

    state: State
    title: str
    why: Why | None
    remedy: str


@dataclass(frozen=True, slots=True)
class KeyPage:
    """`sharing`: how many keys are of the same project."""

    key: KeyView
    verdict: Verdict
    lanes: list[KeyLane]
    past: Past
    typed: Typed
    wrong: Mapping[str, str]
    upstream: str  # a message, as is the next
    origin: str


async def show(sources: Sources, visit: Visit) -> KeyPage:
    """Raises NotFound."""
    view = sources.keyring.view(visit.request.path_params["key"])
    return await _page(sources, view, typed_of(view), {})


async def _page(sources: Sources, view: KeyView, typed: Typed, wrong: Mapping[str, str]) -> KeyPage:
    lanes = sorted(lanes_of(sources, view), key=lambda lane: (lane.standing is Standing.BARRED, lane.model))
    past = await past_of(sources, view.id)
    names = UPSTREAMS[view.upstream], ORIGINS[view.origin]
    return KeyPage(view, _verdict(view, lanes), lanes, past, typed, wrong, *names)


def _verdict(view: KeyView, lanes: list[KeyLane]) -> Verdict:
    found = why(view, lanes)
    todo = remedy(_CAUSES.get(view.reason)) if view.state is KeyState.INVALID else ""
    title = "key.is_partly" if view.state is KeyState.READY and found else _TITLES[view.state]
    return Verdict(SHOWN[view.state], title, found, todo)


async def save(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    view = sources.keyring.view(visit.request.path_params["key"])
    try:
        edit = edit_of(form, view)
        await sources.keyring.change(only(view.id), edit, visit.operator.name)
    except NotSo as error:
        return Stays(await _page(sources, view, typed_of(form), error.fields))
    return _back(view, "key.saved")


async def replace_secret(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    """What was typed does not come back."""
    view = sources.keyring.view(visit.request.path_params["key"])
    try:
        job = await sources.verifier.replace(view.id, form.one("secret").strip(), visit.operator.name)
    except SecretTaken as error:
        message, status = "key.secret_same" if error.own else "key.secret_taken", error.status
    except UnusableKey:
        message, status = "key.secret_wrong", 422
    else:
        return Goes(f"{PATH}/check?of={job.id}", Said("key.secret_replaced"))
    return Stays(await _page(sources, view, typed_of(view), {"secret": message}), status)


async def verify(sources: Sources, visit: Visit, _: Form) -> Goes:
    view = sources.keyring.view(visit.request.path_params["key"])
    return Goes(f"{PATH}/check?of={sources.verifier.start(only(view.id), visit.operator.name).id}")


async def reset(sources: Sources, visit: Visit, _: Form) -> Goes:
    view = sources.keyring.view(visit.request.path_params["key"])
    await sources.keyring.reset(only(view.id), visit.operator.name)
    return _back(view, "key.was_reset")


async def enable(sources: Sources, visit: Visit, _: Form) -> Goes:
    view = sources.keyring.view(visit.request.path_params["key"])
    await sources.keyring.enable(only(view.id), visit.operator.name)
    return _back(view, "key.was_enabled")


async def disable(sources: Sources, visit: Visit, _: Form) -> Goes:
    view = sources.keyring.view(visit.request.path_params["key"])
    await sources.keyring.disable(only(view.id), visit.operator.name)
    return _back(view, "key.was_disabled")


async def delete(sources: Sources, visit: Visit, _: Form) -> Goes:
    view = sources.keyring.view(visit.request.path_params["key"])
    done = await sources.keyring.delete(only(view.id), visit.operator.name)
    return Goes(PATH, Said("keys.done_delete", {"count": len(done)}))


def _back(view: KeyView, message: str) -> Goes:
    return Goes(f"{PATH}/{view.id}", Said(message))


ACTIONS: Mapping[str, Act] = {
    "save": save,
    "secret": replace_secret,
    "verify": verify,
    "reset": reset,
    "enable": enable,
    "disable": disable,
    "delete": delete,
}
PAGE = Page("key", "/keys/{key}", "key.title", show, ACTIONS, live=EVERY)
