"""mp3, opus, aac and flac, written by FFmpeg's libraries, which the wheels of `av` bring along."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

SAMPLE = 2  # bytes
PIECE = 48_000  # bytes that are encoded at a time


class Form(NamedTuple):
    """FFmpeg's names, and the rates that the codec takes where not all will do, the highest last."""

    container: str
    codec: str
    rates: tuple[int, ...] = ()

    def rate_for(self, rate: int) -> int:
        return rate if rate in self.rates or not self.rates else self.rates[-1]


FORMS = {
    "mp3": Form("mp3", "libmp3lame"),
    "opus": Form("ogg", "libopus", (8_000, 12_000, 16_000, 24_000, 48_000)),
    "aac": Form("adts", "aac"),
    "flac": Form("flac", "flac"),
}


class AvEncoder:
    """Implements `AudioEncoder`. The library is loaded for the first file that needs it, not at the start."""

    def __init__(self) -> None:
        self.formats = frozenset(FORMS) if find_spec("av") is not None else frozenset[str]()

    def begin(self, form: str, rate: int) -> AvSink:
        return AvSink(FORMS[form], rate)


class _Written:
    """What FFmpeg writes into. It can't seek, so files are written as streams are."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class AvSink:
    """Implements `AudioSink`."""

    def __init__(self, form: Form, rate: int) -> None:
        import av
        from av.audio.stream import AudioStream

        self._written = _Written()
        self._container = av.open(self._written, "w", format=form.container)
        stream = self._container.add_stream(form.codec, rate=form.rate_for(rate))
        assert isinstance(stream, AudioStream), "all these codecs are of sound"
        stream.layout = "mono"
        self._stream = stream
        self._rate = rate
        self._done = 0  # samples
        self._half = b""  # of a sample

    def feed(self, samples: bytes) -> bytes:
        samples = self._half + samples
        even = len(samples) - len(samples) % SAMPLE
        self._half = samples[even:]
        for start in range(0, even, PIECE):
            self._encode(self._frame(samples[start : min(start + PIECE, even)]))
        return self._written.taken()

    def finish(self) -> bytes:
        self._encode(None)
        self._container.close()
        return self._written.taken()

    def _frame(self, samples: bytes) -> AudioFrame:
        from av.audio.frame import AudioFrame

        frame = AudioFrame(format="s16", layout="mono", samples=len(samples) // SAMPLE)
        frame.planes[0].update(samples)
        frame.sample_rate = self._rate
        frame.pts = self._done
        self._done += frame.samples
        return frame

    def _encode(self, frame: AudioFrame | None) -> None:
        """None: that was all."""
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
