"""The stages that answer one message, each a task, linked by bounded channels.

    routing ─► retrieving ─► generating ─► delivering

Through them go the parts of the message, one for each specialist that is to answer, and behind generating the pieces of text.
Progress is told when a step begins. What the session stands in the middle of goes from part to part here, since a specialist
may change it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs
import trio

from smarthealth.actors import Context, Pipeline, Stage
from smarthealth.actors.pipeline import Emit
from smarthealth.llm.errors import ModelProtocolError
from smarthealth.llm.port import ChatRequest, Finished, TextDelta
from smarthealth.llm.tooling import ENGLISH, SPANISH, LoopEvent, ToolLoop, ToolReturned, Transcript

from . import texts
from .agents import answering, maintenance, specs, troubleshooting
from .caller import APPLICATION
from .case import Case, Work
from .knowledge.matching import Found
from .maintenance.tools import Counter, counter, toolbox
from .routing.router import Part, Route
from .services import SupportServices
from .state import SessionState
from .wire import Event, Progress, Step, Token

LONGEST_ANSWER: Final = 64 * 1024
"""Characters of one specialist's answer; it only keeps a provider that never ends from filling the memory."""
MOST_STEPS: Final = 6
"""Times that the model is asked in one turn about appointments."""
PHRASE: Final = 80
"""Characters from which on words go out together; a message costs more than its words."""
BREATH: Final = 0.05
"""Seconds after which a word goes out alone: a model that takes its time is heard word by word."""
BETWEEN_PARTS: Final = "\n\n"
EXHAUSTED: Final = {
    "en": "I could not finish this; please try again or ask for a person.",
    "es": "No alcancé a terminar; inténtelo de nuevo o pida hablar con una persona.",
}
_READERS: Final = frozenset({"specs", "troubleshooting"})
"""Specialists that read the knowledge base."""

Send = Callable[[Event], Awaitable[None]]
Load = Callable[[], Awaitable[Case]]
Say = Callable[[str], Awaitable[None]]
_Found = tuple[Part, list[Found]]


@attrs.define(eq=False)
class SupportStages:
    """One message on its way; what it came to is read from here, whatever ended it."""

    services: SupportServices
    load: Load
    """Reads the session."""
    customer: Callable[[Case], Awaitable[Counter]]
    """For whom tools act."""
    hand_over: Callable[[Work], Awaitable[int]]
    """Opens a ticket and tells of it; returns its number."""
    send: Send
    partial: bool = True
    """Whether tokens repeat the answer so far."""
    started: float = attrs.field(factory=trio.current_time, init=False)
    case: Case | None = attrs.field(default=None, init=False)
    route: Route | None = attrs.field(default=None, init=False)
    state: SessionState = attrs.field(factory=SessionState, init=False)
    works: list[Work] = attrs.field(factory=list, init=False)
    ticket: int | None = attrs.field(default=None, init=False)
    pieces: list[str] = attrs.field(factory=list, init=False)
    """The tokens that went out."""
    _said: str = attrs.field(default="", init=False)

    async def run(self, context: Context | None) -> None:
        """Answer.

        Raises:
            StageTimeout: A specialist took too long.
            ModelError: The model failed.
            Exception: What `load` and the other ports raise.
        """
        await self._step("starting")
        timeout = self.services.settings.model_timeout
        pipeline = Pipeline(
            stages=(
                Stage("routing", self._route, timeout=timeout, capacity=1),
                Stage("retrieving", self._retrieve, timeout=timeout, capacity=4),
                Stage("generating", self._generate, timeout=timeout, capacity=4),
                Stage("delivering", self._deliver, capacity=0),
            )
        )
        await pipeline.run(self.load, context=context)

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self.pieces)

    async def _route(self, load: Load, emit: Emit[Part]) -> None:
        await self._step("agent_routing")
        self.case = case = await load()
        self.state = case.state
        clarified = answering.clarified(case)
        if clarified is not None:
            self.route = Route(label=clarified.label, confidence=clarified.confidence, parts=(clarified,))
        else:
            busy_with = case.state.busy_with
            self.route = self.services.router.route(
                case.message, busy_with=busy_with, is_reply=busy_with is not None and self._is_reply(case)
            )
        self.state = attrs.evolve(self.state, clarifying=None)
        for part in self.route.parts:
            await emit(part)

    async def _retrieve(self, part: Part, emit: Emit[_Found]) -> None:
        assert self.case is not None
        found: list[Found] = []
        if part.label in _READERS and not self._asks(part):
            await self._step("rag_retrieval")
            found = await self.services.knowledge.find(self._query(part), specs.PASSAGES * 2)
        elif part.label == "human":
            found = await self.services.knowledge.find(part.text, 1)  # only how surely it is told: a person answers
        await emit((part, found))

    def _is_reply(self, case: Case) -> bool:
        if case.state.busy_with == "maintenance":
            return maintenance.is_reply(case.message, case.state, self.services.workshop)
        return troubleshooting.is_reply(case.message)

    def _query(self, part: Part) -> str:
        assert self.case is not None
        query = troubleshooting.query_of if part.label == "troubleshooting" else specs.query_of
        return query(self.case, part)

    def _asks(self, part: Part) -> bool:
        """Whether to ask which specialist is meant; once, and not of a session that was asked before."""
        assert self.case is not None
        assert self.route is not None
        return self.route.is_unsure and part.label != "none" and self.case.state.clarifying is None

    async def _generate(self, found: _Found, emit: Emit[str]) -> None:
        await self._step("generating")
        work = self._prepare(*found)
        if work.handoff is not None:
            self.ticket = await self.hand_over(work)
            work = attrs.evolve(work, text=work.text.format(ticket=self.ticket))
        self.state = work.state
        self.works.append(work)
        opening = BETWEEN_PARTS if len(self.works) > 1 else ""
        length = 0

        waiting, last = "", -BREATH

        async def say(text: str) -> None:
            nonlocal length, waiting
            length += len(text)
            if length > LONGEST_ANSWER:
                raise ModelProtocolError("the answer does not end")
            waiting += text
            if len(waiting) >= PHRASE or trio.current_time() - last >= BREATH:
                await flush()

        async def flush() -> None:
            nonlocal opening, waiting, last
            if waiting:
                phrase, opening, waiting = opening + waiting, "", ""
                last = trio.current_time()
                await emit(phrase)

        await self._speak(work, say)
        await flush()
        if not length:
            raise ModelProtocolError("the answer is empty")

    def _prepare(self, part: Part, found: list[Found]) -> Work:
        assert self.case is not None
        assert self.route is not None
        case = attrs.evolve(self.case, state=self.state)
        if self._asks(part):
            if self.case.state.unsure + 1 >= answering.MOST_UNSURE:
                return answering.call_person(case, part, "low_confidence")
            return answering.clarify(case, part, self.route.likely)
        match part.label:
            case "specs":
                work = specs.prepare(case, part, found)
            case "troubleshooting":
                work = troubleshooting.prepare(case, part, found)
            case "maintenance":
                work = maintenance.prepare(case, part, self.services.workshop, lambda: self.customer(case))
            case "human":
                return answering.call_person(case, part, "requested", found)
            case _:
                return answering.greet(case, part)
        if work.state.unsure >= answering.MOST_UNSURE:
            return answering.call_person(case, part, "repeated_failure")
        return work

    async def _speak(self, work: Work, say: Say) -> None:
        """Say what one specialist has to say, piece by piece."""
        if work.preface:
            await _say_words(work.preface + "\n", say)
        if work.request is None:
            await _say_words(work.text, say)
        elif work.counter is not None:
            await self._act(work, work.request, await work.counter(), say)
        else:
            async with self.services.chat_model.open_stream(work.request) as stream:
                async for event in stream:
                    if isinstance(event, TextDelta):
                        await say(event.text)
                    elif not isinstance(event, Finished):
                        raise ModelProtocolError("a tool was called, and none is on offer")

    async def _act(self, work: Work, request: ChatRequest, here: Counter, say: Say) -> None:
        """Let a model act by tools; only its last words go out, since those before a tool are about what it would do."""
        counter.set(here)
        language = self.case.language if self.case is not None else "en"
        said: list[str] = []

        async def emit(event: LoopEvent) -> None:
            if isinstance(event, TextDelta):
                said.append(event.text)
            elif isinstance(event, ToolReturned):
                said.clear()
                self._heard(work, event)

        loop = ToolLoop(
            model=self.services.chat_model,
            toolbox=toolbox(),
            exhausted=EXHAUSTED[language],
            texts=SPANISH if language == "es" else ENGLISH,
            max_iterations=MOST_STEPS,
            max_output_tokens=request.max_output_tokens,
        )
        done = await loop.run(Transcript(list(request.messages)), emit)
        for text in (EXHAUSTED[language],) if done.reason == "iterations" else said:
            await say(text)

    def _heard(self, work: Work, event: ToolReturned) -> None:
        assert work.heard is not None, "who offers tools is told of their results"
        self.state = work.heard(event.tool, event.success, event.result)

    async def _deliver(self, text: str, emit: Emit[Any]) -> None:
        if not self.pieces:
            self.services.telemetry.first_token(APPLICATION, trio.current_time() - self.started)
        self._said += text
        token = Token(token=text, partial_response=self._said) if self.partial else Token(token=text)
        await self.send(token)
        self.pieces.append(text)

    async def _step(self, step: Step) -> None:
        await self.send(Progress(step=step, message=texts.PROGRESS[step]))


def agents_of(works: list[Work]) -> tuple[str, ...]:
    """Who answered, each once."""
    return tuple(dict.fromkeys(work.agent for work in works))


async def _say_words(text: str, say: Say) -> None:
    """Say what is written already word by word."""
    pieces = text.split(" ")
    for piece in pieces[:-1]:
        await say(f"{piece} ")
    await say(pieces[-1])
