"""The doors that clients use."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.api.carrying import Carrier
from gemini_balance.api.clients import PublicUrl, TrustedProxies
from gemini_balance.api.live import LiveDoor
from gemini_balance.api.serve import Door
from gemini_balance.app.adapters import image_host, media_terms, references_of, studio_of
from gemini_balance.app.clock import request_ids, today
from gemini_balance.gateway.album import Album
from gemini_balance.gateway.models import ModelBook
from gemini_balance.storage.memory import MemoryPictures
from gemini_balance.upstreams.media import WebMedia

if TYPE_CHECKING:
    from gemini_balance.app.gateways import Gateways, Transports
    from gemini_balance.app.ground import Ground
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.tokens import TokenBook


class Doors(NamedTuple):
    """For calls and for conversations, with what both stand on."""

    calls: Door
    live: LiveDoor
    models: ModelBook
    media: WebMedia
    album: Album
    public: PublicUrl


def doors_of(
    ground: Ground,
    gateways: Gateways,
    transports: Transports,
    owners: Owners,
    tokens: TokenBook,
    journal: Journal,
    *,
    traced: bool,
) -> Doors:
    """`traced`: are calls told to a tracer?"""
    settings, options, clock = ground.settings, ground.options, ground.clock
    trusted = TrustedProxies(settings.trusted_proxies)
    public = PublicUrl(settings.public_url, trusted)
    references = references_of(owners, public, gateways.google.address)
    carrier = Carrier(gateways.gemini, transports.raw, owners, references)
    pictures = ground.kept.pictures or MemoryPictures(secrets.token_bytes(32))
    album = Album(pictures, clock, image_host(settings, clock))
    media, models = WebMedia(*media_terms(options)), ModelBook(gateways.gemini)
    studio = studio_of(gateways.gemini, album, public)
    known, ids = (tokens, options, journal, clock, trusted), request_ids()
    asked = gateways.gemini, gateways.vertex, media, carrier, studio, models
    calls = Door(*asked, *known, ids, today, ground.redactor, traced)
    live = LiveDoor(gateways.gemini, transports.sockets, owners, *known, ids, ground.redactor, traced)
    return Doors(calls, live, models, media, album, public)
