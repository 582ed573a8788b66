"""What is spoken where no form is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.api.routes import split
from gemini_balance.api.studio.sound import Speaker
from gemini_balance.sound.encoder import AvEncoder
from tests.unit.api.door import Client
from tests.unit.gateway.stage import Stage

if TYPE_CHECKING:
    from gemini_balance.core.dialects.openai.audio.speech_encoder import AudioSink


class NoLibrary:
    """Implements `AudioEncoder`, of an installation without one."""

    formats: frozenset[str] = frozenset()

    def begin(self, form: str, rate: int) -> AudioSink:
        raise AssertionError(form)


@pytest.mark.parametrize(
    ("audio", "prefix", "form"),
    [
        (AvEncoder(), "/openai/v1", "mp3"),
        (AvEncoder(), "/hf/v1", "wav"),
        (AvEncoder(), "/v1", "wav"),
        (NoLibrary(), "/openai/v1", "wav"),
    ],
    ids=["openai", "manual", "plain", "no library"],
)
def test_openais_default_is_its_own_prefixs_where_it_can_be_written(
    audio: AvEncoder | NoLibrary, prefix: str, form: str
) -> None:
    exchange = Client().exchange
    exchange.place = split(f"{prefix}/audio/speech")
    assert Speaker(Stage().gateway, audio)._default(exchange) == form
