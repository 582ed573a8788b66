"""What the gateway meets the outside with, as the settings say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gemini_balance.api.references import References
from gemini_balance.api.studio.embeddings import Embedder
from gemini_balance.api.studio.pictures import Illustrator
from gemini_balance.api.studio.sound import Listener, Speaker
from gemini_balance.api.studio.studio import Studio
from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.core.call import Operation
from gemini_balance.settings import GOOGLE
from gemini_balance.sound.encoder import AvEncoder
from gemini_balance.upstreams.image_hosts.aliyun import AliyunOss
from gemini_balance.upstreams.image_hosts.forms import ImgBed, PicGo, SmMs
from gemini_balance.upstreams.media import MediaLimits

if TYPE_CHECKING:
    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.album import Album
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import Clock, ImageHost
    from gemini_balance.settings import Settings

log = logging.getLogger(__name__)


def media_terms(options: Options) -> tuple[AllowedHosts, MediaLimits]:
    limits = MediaLimits(int(options.media_max_mb * 1_000_000), options.media_time_out)
    return AllowedHosts(options.allowed_media_hosts), limits


def references_of(owners: Owners, public: PublicUrl, address: str) -> References:
    """Names in bodies may have the address that Google is asked at, or Google's own."""
    with_path = address.partition("://")[2]
    hosts = frozenset({with_path, urlsplit(address).netloc, urlsplit(GOOGLE).netloc})
    return References(owners, public, address, hosts)


def studio_of(gateway: Gateway, album: Album, public: PublicUrl) -> Studio:
    illustrator, listener = Illustrator(gateway, album, public), Listener(gateway)
    return Studio(
        {
            Operation.EMBEDDINGS: Embedder(gateway),
            Operation.IMAGES: illustrator,
            Operation.IMAGE_EDITS: illustrator,
            Operation.SPEECH: Speaker(gateway, AvEncoder()),
            Operation.TRANSCRIPTIONS: listener,
            Operation.TRANSLATIONS: listener,
        }
    )


def image_host(settings: Settings, clock: Clock) -> ImageHost | None:
    """None where none is named, or where what it needs is missing."""
    match settings.upload_provider:
        case "smms" if settings.smms_secret_token:
            return SmMs(settings.smms_secret_token)
        case "picgo" if settings.picgo_api_key:
            return PicGo(settings.picgo_api_key, settings.picgo_api_url)
        case "cloudflare_imgbed" if settings.cloudflare_imgbed_url:
            code, folder = settings.cloudflare_imgbed_auth_code, settings.cloudflare_imgbed_upload_folder
            return ImgBed(settings.cloudflare_imgbed_url, code, folder)
        case "aliyun_oss" if settings.oss_endpoint and settings.oss_bucket_name and settings.oss_access_key_secret:
            ends = settings.oss_endpoint, settings.oss_endpoint_inner
            key = settings.oss_access_key, settings.oss_access_key_secret
            return AliyunOss(*ends, *key, settings.oss_bucket_name, settings.oss_region, clock)
        case provider:
            if provider:
                log.warning("UPLOAD_PROVIDER is %s, but what that needs is not set: pictures are kept here.", provider)
            return None
