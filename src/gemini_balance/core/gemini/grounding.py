"""What a searched answer stands on: the pages, and which words of the answer each supports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.gemini.schema import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator


class Source(Wire):
    """A page, a place of Google Maps, an image or a document; the fields that all of them share."""

    uri: str = ""
    title: str = ""


class ImageSource(Wire):
    """An image names two addresses; that of the page is the source."""

    source_uri: str = ""
    title: str = ""


class GroundingChunk(Wire):
    web: Source | None = None
    maps: Source | None = None
    retrieved_context: Source | None = None
    image: ImageSource | None = None

    @property
    def source(self) -> Source | None:
        """None where the chunk has no address that a reader could follow."""
        found = self.web or self.maps or self.retrieved_context
        if found is None and self.image is not None:
            found = Source(self.image.source_uri, self.image.title)
        return found if found and found.uri else None


class Segment(Wire):
    """Offsets count bytes of the text."""

    start_index: int = 0
    end_index: int = 0
    text: str = ""


class GroundingSupport(Wire):
    segment: Segment | None = None
    grounding_chunk_indices: list[int] = msgspec.field(default_factory=list)


class GroundingMetadata(Wire):
    grounding_chunks: list[GroundingChunk] = msgspec.field(default_factory=list)
    grounding_supports: list[GroundingSupport] = msgspec.field(default_factory=list)


class Citation(msgspec.Struct, frozen=True, gc=False):
    """A source and the words it supports, as characters of the text; 0 to 0 where it supports none by name."""

    begin: int
    end: int
    source: Source


_decode = msgspec.json.Decoder(GroundingMetadata, strict=False).decode


def read_grounding(raw: msgspec.Raw) -> GroundingMetadata:
    """Empty where it is of a shape we don't know."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return GroundingMetadata()


def citations(grounding: GroundingMetadata, text: str) -> Iterator[Citation]:
    """In the order of the text; at the end those that are cited nowhere."""
    sources = [chunk.source for chunk in grounding.grounding_chunks]
    encoded = text.encode(errors="surrogatepass")
    cited: set[int] = set()
    for support in grounding.grounding_supports:
        for number in support.grounding_chunk_indices:
            source = sources[number] if 0 <= number < len(sources) else None
            if source is not None and support.segment is not None:
                cited.add(number)
                yield Citation(*_place(support.segment, text, encoded), source)
    yield from (Citation(0, 0, source) for at, source in enumerate(sources) if source and at not in cited)


def _place(segment: Segment, text: str, encoded: bytes) -> tuple[int, int]:
    """Google counts within its own text; where we show code or thoughts in front, its words stand further on."""
    begin, end = (len(encoded[:at].decode(errors="ignore")) for at in (segment.start_index, segment.end_index))
    if segment.text and text[begin:end] != segment.text:
        found = text.find(segment.text, begin)
        if found >= 0:
            return found, found + len(segment.text)
    return begin, end


def links(grounding: GroundingMetadata) -> list[Source]:
    """Each page once, in Google's order."""
    found: dict[str, Source] = {}
    for chunk in grounding.grounding_chunks:
        if source := chunk.source:
            found.setdefault(source.uri, source)
    return list(found.values())
