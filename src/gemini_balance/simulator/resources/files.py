"""Files: what was uploaded, and what Google made."""

from msgspec import Struct

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.resources.blob import Blob
from gemini_balance.simulator.resources.names import micros, nanos
from gemini_balance.simulator.resources.shelf import Item

UNKNOWN_TYPE = "application/octet-stream"
# What Gemini reads, of documents: everything else under application/ is refused.
_READABLE = (
    "application/pdf",
    "application/json",
    "application/xml",
    "application/rtf",
    "application/x-javascript",
    "application/x-python",
    "application/x-typescript",
)
_STORABLE_FAMILIES = ("application", "audio", "font", "image", "message", "model", "multipart", "text", "video")
_READABLE_FAMILIES = ("text", "image", "audio", "video")


class File(Item, kw_only=True):
    """One file; `blob` is None for one that has nothing but its description."""

    display_name: str = ""
    mime_type: str = UNKNOWN_TYPE
    blob: Blob | None = None
    generated: bool = False

    @property
    def id(self) -> str:
        """The name without `files/`."""
        return self.name.removeprefix("files/")

    def is_active(self, now: float) -> bool:
        """Whether it can be used: videos are processed first."""
        return now >= self.ready

    def close(self) -> None:
        """Delete the bytes."""
        if self.blob is not None:
            self.blob.close()


class Place(Struct, frozen=True):
    """Where a caller reaches this Google: its address and version, which stand in URIs."""

    address: str
    version: str

    def uri(self, name: str, prefix: str = "") -> str:
        """The URI of a resource."""
        return f"{self.address}{prefix}/{self.version}/{name}"


def shown(file: File, now: float, place: Place) -> Object:
    """The file as files.get answers it; what is empty is absent."""
    active = file.is_active(now)
    facts: Object = {
        "name": file.name,
        "displayName": file.display_name,
        "mimeType": file.mime_type,
        "sizeBytes": str(file.blob.size) if file.blob else "",
        "createTime": micros(file.created),
        "updateTime": micros(file.updated),
        "expirationTime": nanos(file.expires),
        "sha256Hash": file.blob.sha256() if file.blob else "",
        "uri": place.uri(file.name),
        "downloadUri": place.uri(f"{file.name}:download?alt=media") if file.generated else "",
        "state": "ACTIVE" if active else "PROCESSING",
        "source": "GENERATED" if file.generated else "UPLOADED",
        "videoMetadata": {"videoDuration": "8s"} if active and is_video(file.mime_type) else "",
    }
    return {name: value for name, value in facts.items() if value}


def is_video(mime_type: str) -> bool:
    """Whether it takes time before it can be used."""
    return mime_type.startswith("video/")


def is_storable(mime_type: str) -> bool:
    """Whether there can be such a file at all."""
    family, slash, kind = mime_type.partition("/")
    return family in _STORABLE_FAMILIES and bool(slash and kind)


def is_readable(mime_type: str) -> bool:
    """Whether a model can be shown such a file."""
    return mime_type in _READABLE or mime_type.partition("/")[0] in _READABLE_FAMILIES
