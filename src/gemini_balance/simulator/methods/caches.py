"""Cached contents: create, list, show, prolong, delete."""

import msgspec

from gemini_balance.simulator.error_table import named
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.references import Asker, resolve
from gemini_balance.simulator.resources.caches import Cache, counted, end_of, shown
from gemini_balance.simulator.resources.messages import CachedContent
from gemini_balance.simulator.schema import GenerateContentRequest

PAGING = Paging("ListCachedContentsRequest", "cachedContents")
MISSING = "cached_content"
METHOD = "createCachedContent"
CHANGEABLE = frozenset(("ttl", "expireTime", "expire_time", "expiration"))


def create_cache(ask: Ask) -> Object:
    """Cache what the body contains; raises GoogleError when it is too little, or the model can't."""
    content = ask.read(CachedContent)
    _check_model(ask, content.model)
    _check_files(ask, content)
    cache = Cache(
        name=f"cachedContents/{ask.library.namer.plain(40)}",
        project=ask.project,
        created=ask.now,
        expires=end_of(content, ask.now),
        content=content,
        tokens=counted(content),
    )
    return shown(ask.library.caches.put(cache))


def _check_model(ask: Ask, name: str) -> None:
    if not name:
        raise GoogleError(invalid_argument("* CreateCachedContentRequest.cached_content.model: model is required\n"))
    model = BY_NAME.get(name.removeprefix("models/"))
    if model is None or METHOD not in model.methods:
        subject = msgspec.structs.replace(ask.call.subject, model=name.removeprefix("models/"), method=METHOD)
        raise GoogleError(named("model_not_found", subject))


def _check_files(ask: Ask, content: CachedContent) -> None:
    asker = Asker(ask.project, ask.call.subject, content.model, ask.now)
    resolve(GenerateContentRequest(contents=content.contents, tools=content.tools), ask.library, asker)


def list_caches(ask: Ask) -> Object:
    """The project's caches."""
    return page_of([shown(cache) for cache in ask.library.caches.owned(ask.project, ask.now)], PAGING, ask.query)


def get_cache(ask: Ask) -> Object:
    """One cache."""
    return shown(ask.own(ask.library.caches, ask.path, MISSING))


def update_cache(ask: Ask) -> Object:
    """Only the end of a cache can be changed."""
    cache = ask.own(ask.library.caches, ask.path, MISSING)
    told = ask.read(CachedContent)
    mask = [name for name in ask.query.get("updateMask", ask.query.get("update_mask", "")).split(",") if name]
    other = [name for name in mask if name not in CHANGEABLE]
    if other or told.contents or told.tools or told.system_instruction:
        raise GoogleError(invalid_argument("Only expiration (ttl or expire_time) of a CachedContent can be updated."))
    cache.expires, cache.updated = end_of(told, ask.now), ask.now
    return shown(cache)


def delete_cache(ask: Ask) -> Object:
    """Delete one cache."""
    ask.library.caches.drop(ask.own(ask.library.caches, ask.path, MISSING).name)
    return {}
