"""`images/…`: as many calls as it takes, side by side, one list of pictures or of their addresses."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.api.errors import JSON
from gemini_balance.api.studio.answering import answer_with, worked
from gemini_balance.api.telling import tell
from gemini_balance.core.call import Call, Operation
from gemini_balance.core.catalog.dropped import told
from gemini_balance.core.catalog.resolve import resolve, warning
from gemini_balance.core.catalog.route import route_of
from gemini_balance.core.dialects.openai.images.calls import calls
from gemini_balance.core.dialects.openai.images.reply import answer, drawn
from gemini_balance.core.dialects.openai.images.request import decode, decode_edit
from gemini_balance.core.gemini.pictures import PREDICT, painter_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.gateway.fan import fan
from gemini_balance.gateway.ports import CannotKeep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.studio.studio import Terms
    from gemini_balance.core.call import Principal
    from gemini_balance.core.catalog.config import Config
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.dialects.openai.images.calls import ImageCalls
    from gemini_balance.core.dialects.openai.images.reply import Picture
    from gemini_balance.core.dialects.openai.images.request import ImageRequest
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.album import Album
    from gemini_balance.gateway.execute import Gateway

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Illustrator:
    """Implements `Maker`: `images/generations` and `images/edits`."""

    gateway: Gateway
    album: Album
    public: PublicUrl

    async def answer(self, exchange: Exchange, operation: Operation, body: bytes, terms: Terms) -> None:
        config, options = terms
        asked = await worked(len(body), _asked, exchange, operation, body)
        exchange.call = call = Call(operation, asked.model)
        name = _model(asked, options.create_image_model)
        model = resolve(name, config.listed, config.search_models, config.today, config.image_models).model
        exchange.caller.check_model(asked.model, name, model)
        needed = calls(asked, model)
        routes = await worked(len(body), _routes, needed, model, config, exchange.caller)
        tell(exchange, call, model, told([*needed.dropped, *routes[0].dropped]), warning(name, model))
        replies = await fan(self.gateway, routes, exchange.story)
        size = sum(map(len, replies))
        made = await worked(size, drawn, replies)
        urls = await self._addresses(exchange, made.pictures, options) if asked.as_url else None
        created = int(self.gateway.clock.unix())
        body = await worked(size, answer, asked, made, created, urls)
        await answer_with(exchange, JSON, body, self.gateway.clock)

    async def _addresses(self, exchange: Exchange, pictures: Sequence[Picture], options: Options) -> list[str] | None:
        """None where they can't be kept: they are paid for, so they come along themselves."""
        ours = self.public.of(exchange.scope, exchange.headers)
        try:
            return await asyncio.gather(*(self._address(one, ours, options) for one in pictures))
        except CannotKeep as error:
            log.warning("A picture could not be kept, so it was sent in place of its address: %s", error)
            return None

    async def _address(self, picture: Picture, ours: str, options: Options) -> str:
        return await self.album.address(await worked(len(picture.data), b64decode, picture.data), ours, options)


def _model(asked: ImageRequest, chosen: str) -> str:
    """The operator's choice, unless it can't do what is asked."""
    return asked.model if not chosen or (asked.sources and painter_of(chosen).predicts) else chosen


def _asked(exchange: Exchange, operation: Operation, body: bytes) -> ImageRequest:
    if operation is Operation.IMAGES:
        return decode(body)
    return decode_edit(exchange.headers.get(b"content-type", b"").decode("latin-1"), body)


def _routes(needed: ImageCalls, model: str, config: Config, caller: Principal) -> list[Route]:
    """Pictures are for the paid key, where there is one."""
    wanted = [
        *(Call(Operation.METHOD, model, method=PREDICT, raw=encode(one)) for one in needed.predicts),
        *(Call(Operation.GENERATE, model, request=one) for one in needed.generates[:1]),
    ]
    routes = [route_of(call, config, caller) for call in wanted]
    paid = [replace(route, demand=replace(route.demand, paid=True)) for route in routes]
    return paid * len(needed.generates) if needed.generates else paid
