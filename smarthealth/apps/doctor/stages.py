"""The stages that answer one message, each a task, linked by bounded channels.

    loading ─► triage ─► diagnostic ─► treatment ─► delivering
    loading ─► general ─► delivering                             where the client wants no agents

Through them goes the `Case`, to which each agent adds what it found, and behind it what the client is to see: events and
pieces of prose, which the agents after it pass on untouched. So the client reads in the order in which the agents worked,
and each agent has a deadline of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import attrs
import structlog
import trio

from smarthealth.actors import Context, Pipeline, Stage
from smarthealth.actors.pipeline import Emit
from smarthealth.conversation.application import TurnOutput
from smarthealth.llm.errors import ModelProtocolError
from smarthealth.llm.port import Finished, TextDelta
from smarthealth.retrieval.errors import RetrievalError
from smarthealth.wire.timestamps import utc_timestamp

from .agents.heads import HeadReader
from .case import Case, Passage
from .memory import APPLICATION
from .services import Agent, Alarm, Barrier, DoctorServices
from .wire import (
    Event,
    StartMetadata,
    Status,
    StatusDetails,
    StatusName,
    StreamStarted,
    Token,
)

AGENTS: Final = ("triage", "diagnostic", "treatment")
GENERAL: Final = "general"
LOADING: Final = "loading"
DELIVERING: Final = "delivering"
PIECES_AHEAD: Final = 32
"""Pieces of an answer that may wait before each stage."""
PASSAGES: Final = 4
"""Sections of the knowledge base that one agent reads."""
LONGEST_ANSWER: Final = 1024 * 1024
"""Characters that one agent's model may say; it only keeps a provider that never ends from filling the memory."""
BETWEEN_AGENTS: Final = "\n\n"

_RUNNING: Final[dict[str, StatusName]] = {
    "triage": "running_triage",
    "diagnostic": "running_diagnostic",
    "treatment": "running_treatment",
    GENERAL: "processing",
}
Item = Case | Event | str
Load = Callable[[], Awaitable[Case]]

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class AlarmRaised(Exception):
    """The case is an emergency after all; whatever was being made is broken off.

    Attributes:
        alarm: What the person is told.
    """

    def __init__(self, alarm: Alarm) -> None:
        super().__init__(alarm.severity)
        self.alarm = alarm


@attrs.define(eq=False)
class DoctorStages:
    """One message on its way through the agents; what it came to is read from here, whatever ended it."""

    services: DoctorServices
    with_agents: bool
    load: Load
    """Reads the session and makes the case."""
    output: TurnOutput[Event]
    started: float = attrs.field(factory=trio.current_time, init=False)
    case: Case | None = attrs.field(default=None, init=False)
    """As far as the agents have come."""
    streaming: bool = attrs.field(default=False, init=False)
    """Whether `stream_start` went out."""
    pieces: list[str] = attrs.field(factory=list, init=False)
    """The tokens that went out."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Who is to work."""
        return AGENTS if self.with_agents else (GENERAL,)

    async def run(self, context: Context) -> None:
        """Answer.

        Raises:
            AlarmRaised: It is an emergency.
            StageTimeout: An agent took too long.
            ModelError: The model failed.
            Exception: What `load` raises.
        """
        timeout = self.services.settings.agent_timeout
        agents = (
            Stage(name, self._work_of(self.services.agents[name]), timeout=timeout, capacity=PIECES_AHEAD)
            for name in self.agents
        )
        pipeline = Pipeline(
            stages=(
                Stage(LOADING, self._load, timeout=timeout, capacity=1),
                *agents,
                Stage(DELIVERING, self._deliver, capacity=0),
            )
        )
        await pipeline.run(self.load, context=context)

    async def _load(self, load: Load, emit: Emit[Item]) -> None:
        case = await load()
        if self.with_agents:
            metadata = StartMetadata(workflow="multi_agent", agents=AGENTS)
        else:
            metadata = StartMetadata(workflow="general", agents=())
        await emit(StreamStarted(timestamp=self._timestamp(), metadata=metadata))
        await emit(case)

    def _work_of(self, agent: Agent) -> Callable[[Item, Emit[Item]], Awaitable[None]]:
        async def work(item: Item, emit: Emit[Item]) -> None:
            if isinstance(item, Case) and not item.is_over:
                began = trio.current_time()
                self.case = await self._consult(agent, item, emit)
                await emit(self.case)
                self.services.telemetry.stage_finished(APPLICATION, agent.name, trio.current_time() - began)
            else:
                await emit(item)

        return work

    async def _consult(self, agent: Agent, case: Case, emit: Emit[Item]) -> Case:
        """Let one agent work on the case, passing on its prose sentence by sentence."""
        await emit(self._status(_RUNNING[agent.name], agent))
        await emit(self._status("retrieving_context", agent))
        case = case.with_sources(await self._look_up(agent, case))
        case = case.with_sources(agent.passages(case))
        await emit(self._status("generating_response", agent))
        consultation = _Consultation(agent=agent, case=case, services=self.services)
        if case.completed:
            consultation.opening = BETWEEN_AGENTS
        async with self.services.chat_model.open_stream(agent.request(case)) as stream:
            async for event in stream:
                match event:
                    case TextDelta(text=text):
                        await _emit_text(consultation.hear(text), emit)
                    case Finished():
                        break
                    case _:
                        raise ModelProtocolError("a tool was called, and none is on offer")
        await _emit_text(consultation.finish(), emit)
        return consultation.case.completed_by(agent.name)

    async def _look_up(self, agent: Agent, case: Case) -> tuple[Passage, ...]:
        try:
            return await self.services.knowledge.find(agent.query(case), case.language, PASSAGES)
        except RetrievalError as error:
            # what the agents' rules know still holds; the answer then cites less
            log.warning("knowledge_unavailable", error=type(error).__name__)
            return ()

    async def _deliver(self, item: Item, emit: Emit[object]) -> None:
        if isinstance(item, Case):
            self.case = item
        elif isinstance(item, str):
            if not self.pieces:
                self.services.telemetry.first_token(APPLICATION, trio.current_time() - self.started)
            await self.output.send(Token(content=item, timestamp=self._timestamp()))
            self.pieces.append(item)
        else:
            await self.output.send(item)
            self.streaming = self.streaming or isinstance(item, StreamStarted)

    def _status(self, status: StatusName, agent: Agent) -> Status:
        return Status(status=status, details=StatusDetails(current_agent=agent.name), timestamp=self._timestamp())

    def _timestamp(self) -> str:
        return utc_timestamp(self.services.now())


@attrs.define(eq=False)
class _Consultation:
    """One agent's answer as it comes: the head becomes its result, the prose goes through the barrier."""

    agent: Agent
    case: Case
    services: DoctorServices
    opening: str = ""
    """What goes before the first word, to part it from the agent before."""
    _reader: HeadReader = attrs.field(factory=HeadReader, init=False)
    _barrier: Barrier | None = attrs.field(default=None, init=False)
    _length: int = attrs.field(default=0, init=False)
    _said: bool = attrs.field(default=False, init=False)

    def hear(self, text: str) -> str:
        """Take a piece of the model's text; returns what may be shown.

        Raises:
            AlarmRaised: The head says that it is an emergency.
            ModelProtocolError: The answer does not end.
        """
        self._length += len(text)
        if self._length > LONGEST_ANSWER:
            raise ModelProtocolError("the answer does not end")
        prose = self._reader.feed(text)
        self._read_head()
        return self._shown(prose)

    def finish(self) -> str:
        """The model has ended; returns what may be shown of the rest.

        Raises:
            AlarmRaised: As for `hear`.
            ModelProtocolError: There was no prose at all.
        """
        prose = self._reader.finish()
        self._read_head()
        shown = self._shown(prose, last=True)
        if not self._said:
            raise ModelProtocolError("the answer is empty")
        return shown

    def _read_head(self) -> None:
        if self._barrier is not None or not self._reader.is_read:
            return
        self.case = self.agent.read(self._reader.head, self.case)
        if self.case.triage is not None and self.case.triage.is_emergency:
            raise AlarmRaised(self.services.raise_alarm(self.case))
        self._barrier = self.services.open_barrier(self.case)

    def _shown(self, prose: str, *, last: bool = False) -> str:
        barrier = self._barrier
        if barrier is None:
            return ""
        shown = barrier.feed(prose) if prose else ""
        if last:
            shown += barrier.finish()
        if self._said:
            return shown
        # white space is no answer, and none goes before the first word
        shown = shown.lstrip()
        self._said = bool(shown)
        return self.opening + shown if shown else ""


async def _emit_text(text: str, emit: Emit[Item]) -> None:
    """Pass prose on word by word: a sentence that was held back still flows."""
    for word in _words(text):
        await emit(word)


def _words(text: str) -> list[str]:
    pieces = text.split(" ")
    words = [f"{piece} " for piece in pieces[:-1]]
    return [*words, pieces[-1]] if pieces[-1] else words
