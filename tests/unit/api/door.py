"""An exchange whose client is a list: what is sent to it can be read."""

from typing import Any

from gemini_balance.api.exchange import Exchange
from gemini_balance.api.pacing import Pacer
from gemini_balance.api.reply import ClientReply
from gemini_balance.api.routes import split
from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.dialects import DIALECTS, Moment
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.options import Options
from gemini_balance.core.wire.sse import SseFramer
from tests.unit.gateway.stage import Hands


class Client:
    """Asks for a native event stream, and keeps what it is sent."""

    def __init__(
        self,
        *,
        verbatim: bool = True,
        patience: float | None = None,
        framing: Framing = Framing.SSE,
        pacer: Pacer | None = None,
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.clock = Hands()
        path = "/v1beta/models/m:streamGenerateContent" if verbatim else "/v1/chat/completions"
        dialect = DIALECTS["native" if verbatim else "openai"]
        scope = {"method": "POST", "path": path}
        self.exchange = Exchange("id", scope, {}, self._send, "", self.clock.now(), split(path), dialect)
        self.exchange.call = Call(
            Operation.GENERATE if framing is Framing.WHOLE else Operation.STREAM, "m", framing, verbatim=verbatim
        )
        encoder = dialect.encoder(self.exchange.call, Moment("id", 0), Options())
        self.reply = ClientReply(
            self.exchange, encoder, self.clock, patience, gathers=framing is Framing.WHOLE, pacer=pacer, piece=4
        )
        self.exchange.fail = self.reply.fail

    async def _send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"]) if self.messages else 0

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    @property
    def ended(self) -> bool:
        return bool(self.messages) and self.messages[-1].get("more_body") is False


def events(*raw: bytes) -> list[Event]:
    return events_of(SseFramer().feed(b"".join(raw)))
