"""BidiGenerateContent: who connects, the setup, then turn by turn until someone leaves."""

import asyncio
import re
from urllib.parse import parse_qsl

from msgspec.structs import replace

from gemini_balance.simulator import catalog
from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.directives import Directives, UnknownDirectiveError
from gemini_balance.simulator.error_table import NAMED, Subject, named
from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.faults import Kind, UnknownFaultError
from gemini_balance.simulator.keys import Caller, credential, identify
from gemini_balance.simulator.live.messages import ClientMessage, Setup
from gemini_balance.simulator.live.session import FIRST, Heard, Session, Turn, is_interruption
from gemini_balance.simulator.live.socket import INTERNAL, LeftError, Socket
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.routes import VERSIONS, Route
from gemini_balance.simulator.schema import Content
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.state import State
from gemini_balance.simulator.strike import timing
from gemini_balance.simulator.tokens import count_contents

OPERATION = "bidiGenerateContent"
CONSTRAINED = "Constrained"
_PATH = re.compile(
    rf"/ws/google\.ai\.generativelanguage\.(?P<version>{'|'.join(VERSIONS)})"
    rf"\.GenerativeService[./]BidiGenerateContent(?P<constrained>{CONSTRAINED})?"
)
_TOKEN = re.compile(r"auth_tokens/Sim-(?P<project>[A-Za-z0-9_]+)-(?P<n>\d+)")
_NO_SESSION = Problem(404, "BidiGenerateContent session not found")
_NO_TOKEN = Problem(401, "Request had invalid authentication credentials. Expected a valid ephemeral token.")
CUTS = frozenset((Kind.CUT, Kind.CUT_AFTER, Kind.RESET))
_ABORTED = "Deadline expired before operation could complete."


async def converse(state: State, socket: Socket) -> None:
    """Serve one connection to its end."""
    found = _PATH.fullmatch(socket.record.path)
    if found is None:
        await socket.refuse()
        return
    socket.record.operation = OPERATION
    await socket.accept()
    try:
        await _Conversation(state, socket, found["version"], constrained=bool(found["constrained"])).run()
    except GoogleError as error:
        state.stats.complain(error.problem.message)
        await socket.close_with(error.problem)
    except (UnknownDirectiveError, UnknownFaultError) as error:
        await socket.close_with(invalid_argument(f"simulator: {error}"))
    except LeftError:
        pass
    finally:
        socket.forget()


class _Conversation:
    def __init__(self, state: State, socket: Socket, version: str, *, constrained: bool) -> None:
        self.state = state
        self.socket = socket
        self.version = version
        self.constrained = constrained
        self.interruption: ClientMessage | None = None

    async def run(self) -> None:
        """Raises GoogleError for what ends it with an error, LeftError when the client leaves."""
        caller = self._caller()
        session = await self._begin(caller)
        await self.socket.say({"setupComplete": {}})
        while True:
            message, self.interruption = self.interruption or _read(await self.socket.hear()), None
            if session.hear(message) is Heard.TURN and not await self._turn(session, caller):
                return

    def _caller(self) -> Caller:
        record, subject = self.socket.record, Subject(method=OPERATION, version=self.version)
        if self.constrained:
            key = _key_of_token(self.socket, self.state)
        else:
            key = credential(self.socket.headers, record.query, subject)
        caller = identify(key, self.state.config)
        record.key, record.project = caller.key, caller.project_name
        if caller.error:
            known = replace(subject, key=caller.key, project_number=caller.project_number)
            raise GoogleError(named(caller.error, known))
        return caller

    async def _begin(self, caller: Caller) -> Session:
        setup = _read(await self.socket.hear()).setup
        if setup is None:
            raise GoogleError(invalid_argument(FIRST))
        name = setup.model.removeprefix("models/")
        self.socket.record.model = name
        known = BY_NAME.get(name)
        pool = known.quota_model if known else name
        subject = Subject(model=name, pool=pool, method=OPERATION, version=self.version, key=caller.key)
        model = catalog.model_for(Route(self.version, OPERATION, name, {}), caller, subject)
        contents = self._resumed(setup, caller)
        self._charge(caller, model.quota_model, setup)
        return Session(setup, model, contents)

    def _resumed(self, setup: Setup, caller: Caller) -> list[Content]:
        handle = setup.session_resumption.handle if setup.session_resumption else ""
        if not handle:
            return []
        owner, contents = self.state.live_sessions.get(handle, ("", []))
        if owner != caller.project_name:
            raise GoogleError(_NO_SESSION)
        return list(contents)

    def _charge(self, caller: Caller, quota_model: str, setup: Setup) -> None:
        said = [setup.system_instruction] if setup.system_instruction else []
        self.state.quotas.charge(
            self.state.clock.now(),
            caller.project_name,
            quota_model,
            caller.project.quota_of(quota_model),
            sum(count_contents(said).values()),
            paid=caller.project.paid,
        )

    async def _turn(self, session: Session, caller: Caller) -> bool:
        """Say what is to be said; False when the conversation is over."""
        config = self.state.config
        turn = session.turn(config.directives, (config.words, config.events))
        fault = self.state.faults.choose(caller, session.model, turn.prompt)
        if fault is not None and fault.kind in NAMED:
            raise GoogleError(named(fault.kind, Subject(model=session.model.name, key=caller.key)))
        if not await self._say(session, turn, fault):
            return False
        await self._offer_resumption(session, caller)
        return await self._stay(turn.prompt.wishes)

    async def _say(self, session: Session, turn: Turn, fault: Fault | None) -> bool:
        pace = timing(self.state.config.pace, turn.prompt.wishes, fault)
        last = (fault.after or 0) if fault is not None and fault.kind in CUTS else None
        for number, message in enumerate(turn.messages):
            if number == last:
                self.socket.cut()
                return False
            if await self._is_interrupted(session, pace.between if number else pace.first_byte):
                await self.socket.say({"serverContent": {"interrupted": True}})
                return True
            await self.socket.say(message)
        return True

    async def _is_interrupted(self, session: Session, seconds: float) -> bool:
        """Let real time pass. What the client says meanwhile ends the turn, but for the sound of an open microphone."""
        ends = asyncio.get_running_loop().time() + seconds
        while await self.socket.speaks_within(max(0.0, ends - asyncio.get_running_loop().time())):
            message = _read(await self.socket.hear())
            if is_interruption(message):
                self.interruption = message
                return True
            session.hear(message)
        return False

    async def _offer_resumption(self, session: Session, caller: Caller) -> None:
        if session.setup.session_resumption is None:
            return
        handle = self.state.new_response_id()
        self.state.live_sessions[handle] = (caller.project_name, list(session.contents))
        await self.socket.say({"sessionResumptionUpdate": {"newHandle": handle, "resumable": True}})

    async def _stay(self, wishes: Directives) -> bool:
        if wishes.go_away is None:
            return True
        await self.socket.say({"goAway": {"timeLeft": f"{wishes.go_away:g}s"}})
        await asyncio.sleep(wishes.go_away)
        await self.socket.close(INTERNAL, _ABORTED)
        return False


def _read(data: bytes) -> ClientMessage:
    return parse(data, ClientMessage)


def _key_of_token(socket: Socket, state: State) -> str:
    """The key behind an ephemeral token: one that was made here, or one of the naming scheme."""
    scheme, _, shown = socket.headers.get("authorization", "").partition(" ")
    in_query = dict(parse_qsl(socket.record.query)).get("access_token", "")
    token = shown if scheme.lower() == "token" else in_query
    made = state.library.items.known(token, state.clock.now())
    if made is not None:
        return f"AIzaSim-{made.project}-1"
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise GoogleError(_NO_TOKEN)
    return f"AIzaSim-{found['project']}-{found['n']}"
