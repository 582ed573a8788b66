"""Image hosts that take a form and answer with JSON: SM.MS, PicGo and Cloudflare ImgBed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode, urljoin

import msgspec

from gemini_balance.gateway.ports import UploadFailed
from gemini_balance.upstreams.image_hosts.sending import Upload, form, send

Answer = TypeVar("Answer")
SMMS = "https://sm.ms/api/v2/upload"
WEB = ("http://", "https://")


class _Addressed(msgspec.Struct):
    url: str = ""


class _SmMsAnswer(msgspec.Struct):
    """`images` is the address of a picture that was uploaded before."""

    success: bool = False
    message: str = ""
    data: _Addressed | None = None
    images: str = ""


class _PicGoAnswer(msgspec.Struct):
    image: _Addressed | None = None


class _ImgBedFile(msgspec.Struct):
    """`src` is an address or only its path."""

    src: str = ""


@dataclass(frozen=True, slots=True)
class SmMs:
    """Implements `ImageHost`."""

    token: str
    url: str = SMMS

    async def upload(self, name: str, kind: str, data: bytes) -> str:
        content_type, body = form("smfile", name, kind, data)
        headers = {"Authorization": f"Basic {self.token}", "Content-Type": content_type}
        told = _read(await send(Upload("POST", self.url, headers, body)), _SmMsAnswer)
        return _address(told.images or (told.data.url if told.data else ""), told.message)


@dataclass(frozen=True, slots=True)
class PicGo:
    """Implements `ImageHost`: any Chevereto."""

    key: str
    url: str

    async def upload(self, name: str, kind: str, data: bytes) -> str:
        content_type, body = form("source", name, kind, data)
        headers = {"X-API-Key": self.key, "Content-Type": content_type}
        told = _read(await send(Upload("POST", self.url, headers, body)), _PicGoAnswer)
        return _address(told.image.url if told.image else "")


@dataclass(frozen=True, slots=True)
class ImgBed:
    """Implements `ImageHost`: Cloudflare ImgBed."""

    url: str
    code: str = ""
    folder: str = ""

    async def upload(self, name: str, kind: str, data: bytes) -> str:
        content_type, body = form("file", name, kind, data)
        wanted = {"authCode": self.code, "uploadNameType": "origin", "uploadFolder": self.folder}
        url = f"{self.url}?{urlencode({key: value for key, value in wanted.items() if value})}"
        told = _read(await send(Upload("POST", url, {"Content-Type": content_type}, body)), list[_ImgBedFile])
        return _address(urljoin(self.url, told[0].src) if told and told[0].src else "")


def _read(body: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UploadFailed("its answer is not what such a host answers") from error


def _address(told: str, why: str = "") -> str:
    """An address goes to callers as it is, so it must be one."""
    if not told.startswith(WEB):
        raise UploadFailed(why[:200] or "its answer tells no address")
    return told
