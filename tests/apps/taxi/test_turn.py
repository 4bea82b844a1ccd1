"""One utterance as a turn: its events, and what is kept of it however it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi import texts
from smarthealth.apps.taxi.caller import Caller
from smarthealth.apps.taxi.hearing import OnPartial, SendSpeech, Typed
from smarthealth.apps.taxi.turn import TaxiTurn
from smarthealth.apps.taxi.wire import Event, Interrupted, SttOutput, SystemMessage, TtsEnd
from smarthealth.conversation.application import TurnEnd, TurnFailure
from smarthealth.llm.port import ToolCall
from smarthealth.speech.errors import SpeechUnavailable
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.taxi.conftest import ANA, LUIS, THREAD, TS, Answer, Connect, World, open_host
from tests.storage.test_bookings import ORDER

ORDERED = "Un taxi de la calle 76 # 54-11 en El Prado al aeropuerto, pago en efectivo, sin preferencias"

CALLER = Caller(user_id=None, address=None, connection_id="1", thread_name=THREAD)


def say(text: str, thread: str = THREAD) -> dict[str, object]:
    """Something typed."""
    return {"type": "user_input", "text": text, "thread_id": thread}


async def test_the_events_of_a_turn(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """In the protocol's order, each with its time."""
    async with connect() as client:
        answer = await client.tell("Necesito un taxi a la Calle 72 #43-25, El Prado")
    assert answer.kinds == [
        "system_message",
        "stt_chunk",
        "stt_output",
        "agent_chunk",
        "tool_call",
        "tool_result",
        "agent_end",
        "system_message",
    ]
    assert {event["ts"] for event in answer.events} == {TS}
    assert answer.events[0]["message"] == f"Procesando mensaje en thread {THREAD}"
    partials = [event["text"] for event in answer.events if event["type"] == "stt_chunk"]
    assert partials[:2] == ["Necesito un", "Necesito un taxi a"]
    call = next(event for event in answer.events if event["type"] == "tool_call")
    result = next(event for event in answer.events if event["type"] == "tool_result")
    assert (call["name"], call["args"]) == ("TransferToNavegante", {})
    assert (result["toolCallId"], result["result"]) == (call["toolCallId"], "Transfer successful")
    assert [role for role, _ in world.threads.said] == ["user", "assistant", "tool"]
    assert len(world.telemetry.first_tokens) == 1
    assert world.telemetry.stages == ["answering"]


async def test_a_new_message_interrupts(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """At once; nothing more of the old answer comes, and the conversation remembers what was sent of it."""
    world.model = ScriptedChatModel(Reply(text="uno dos tres cuatro cinco seis", pace=10), Reply(text="Claro."))
    async with connect() as client:
        first = await client.heard(say("Hola"), seconds=0.25)
        before = trio.current_time()
        rest = Answer(await client.heard(say("Espera")))
        assert trio.current_time() - before < 0.2
    (interrupted,) = [event for event in rest.events if event["type"] == "interrupted"]
    heard = Answer(first).text
    assert heard == "uno dos tres "
    assert interrupted == {"type": "interrupted", "agent": "RECEPCIONISTA", "heard": heard, "ts": TS}
    assert rest.events[0] == interrupted
    assert rest.text == "Claro."
    said = [("user", "Hola"), ("assistant", heard.strip()), ("user", "Espera"), ("assistant", "Claro.")]
    assert world.threads.said == said
    assert [message.content for message in world.model.requests[1].messages[1:]] == [text for _, text in said[:3]]


async def test_a_summary_that_was_not_heard_out_is_agreed_to_by_nobody(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """A "sí" that breaks it off has it said again, and sends nothing; the next one does."""
    offline = world.model
    async with connect() as client:
        await client.tell(ORDERED)
    world.model = ScriptedChatModel(Reply(text="Resumen: al aeropuerto por $29.500. ¿Confirmas?", pace=10))
    async with connect() as client:
        await client.heard(say("¿Cómo quedó?"), seconds=0.2)
    world.model = offline
    async with connect() as client:
        assert "Resumen: " in (await client.tell("Sí")).text
        assert world.booked == []
        await client.tell("Sí")
    assert len(world.booked) == 1


async def test_a_taxi_that_is_being_sent_is_sent(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Interrupting does not stop the tool: its call has a result, there is one row, and the next answer knows of it."""
    world.backend.trouble.delay = 3
    async with connect() as client:
        await client.tell(ORDERED)
        await client.heard(say("Sí, confirmo"), seconds=1)
        interrupted = Answer(await client.heard(say("Sí, confirmo"), seconds=0.1))
        assert interrupted.kinds[:2] == ["tool_result", "interrupted"]
        again = Answer(await client.heard(seconds=5))
    assert [booking.status for booking in world.booked] == ["dispatched"]
    assert len(world.backend.keys) == 1
    assert again.text == "Tu servicio ya está pedido. ¿Necesitas algo más?"
    roles = [role for role, _ in world.threads.said]
    assert roles.count("tool") == 2
    assert ("assistant", "(Servicio BAQ-1 enviado. Tarifa $19.500.)") in world.threads.said


async def test_a_repeated_dispatch_is_one_row(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A backend that failed is tried again with the same key, in the next message."""
    async with connect() as client:
        await client.tell(ORDERED)
        world.backend.trouble.error = StorageUnavailable()
        failed = await client.tell("Sí, confirmo")
        world.backend.trouble.error = None
        sent = await client.tell("Sí")
    assert "no pude enviar" in failed.text
    assert "BAQ-1" in sent.text
    assert len(world.booked) == 1
    assert len(set(world.backend.keys)) == 1


async def test_tools_that_did_not_begin_are_not_run(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Of two calls at once the second waits; interrupted, both have results, and the second has done nothing."""
    calls = (
        ToolCall(id="call_1", name="CancelService", arguments='{"reference": "BAQ-1"}'),
        ToolCall(id="call_2", name="TransferToHuman", arguments="{}"),
    )
    thread = await world.threads.open(CALLER.thread_id, None)
    placed = await world.bookings.place(thread.id, 1, None, ORDER)
    await world.bookings.dispatched(placed, "memory", "BAQ-1")
    world.model = ScriptedChatModel(Reply(tool_calls=calls), Reply(text="Sí."))
    async with connect() as client:
        world.backend.trouble.delay = 3
        await client.heard(say("x"), seconds=1)
        rest = Answer(await client.heard(say("Hola"), seconds=5))
    assert [event["toolCallId"] for event in rest.events if event["type"] == "tool_result"] == ["call_1", "call_2"]
    assert world.threads.persons == []
    assert [booking.status for booking in world.booked] == ["cancelled"]


async def test_cancelling(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """The client's cancel ends the turn; with nothing to cancel it is told so."""
    world.model = ScriptedChatModel(Reply(text="uno dos tres", pace=10))
    async with connect() as client:
        await client.heard(say("Hola"), seconds=0.15)
        (cancelled,) = await client.heard({"type": "cancel", "thread_id": THREAD})
        (nothing,) = await client.heard({"type": "cancel"})
    assert cancelled == {"type": "cancelled", "thread_id": THREAD, "ts": TS}
    assert (nothing["level"], nothing["message"]) == ("info", texts.NOTHING_TO_CANCEL)
    assert world.threads.said[-1] == ("assistant", "uno dos")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Refusal(status=500), texts.AGENT_FAILED),
        (Reply(text="Hola", ending=Ending.CUT, after=1), texts.AGENT_FAILED),
        (Reply(text="Hola", ending=Ending.HANG), texts.TIMED_OUT),
    ],
)
async def test_a_failing_model(
    answer: Reply | Refusal, error: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The turn ends in one `agent_error`; what was said before it is kept, and the connection goes on."""
    world.model = ScriptedChatModel(answer, Reply(text="Claro."))
    async with connect() as client:
        failed = await client.tell("Hola", seconds=60)
        fine = await client.tell("Hola")
    assert failed.events[-1] == {"type": "agent_error", "error": error, "ts": TS}
    assert failed.kinds.count("agent_error") == 1
    assert fine.text == "Claro."
    assert world.threads.said[0] == ("user", "Hola")


async def test_what_a_call_was_before_a_failure(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A call that was told has its result, also when the model fails right behind it."""
    call = ToolCall(id="call_1", name="LookupService", arguments="{}")
    world.model = ScriptedChatModel(Reply(tool_calls=(call,)), Refusal(status=400))
    async with connect() as client:
        failed = await client.tell("Hola")
    assert failed.kinds[-3:] == ["tool_call", "tool_result", "agent_error"]
    assert [role for role, _ in world.threads.said] == ["user", "assistant", "tool"]


async def test_a_thread_is_its_openers(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Another user is refused, and so is who has no token; nothing is said of it."""
    async with connect(ANA) as client:
        await client.tell("Hola")
    for principal in (LUIS, None):
        async with connect(principal) as client:
            refused = await client.tell("Hola")
        (event,) = refused.events
        assert (event["type"], event["level"], event["message"]) == ("system_message", "error", texts.THREAD_OF_ANOTHER)
    assert len(world.threads.said) == 2


async def test_a_thread_goes_on_over_connections(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Where it was, agent and order included."""
    async with connect() as client:
        await client.talk("Necesito un taxi", "Calle 72 #43-25")
    async with connect() as client:
        answer = await client.tell("El Prado")
    assert answer.agent == "NAVEGANTE"
    assert "Calle 72 # 43-25, El Prado, Barranquilla" in answer.text


async def test_a_database_that_fails(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Before the answer, and after it: no answer is finished that could not be kept."""
    world.threads.opening.error = StorageUnavailable()
    async with connect() as client:
        before = await client.tell("Hola")
        world.threads.opening.error, world.threads.keeping.error = None, StorageUnavailable()
        after = await client.tell("Hola")
    assert before.events == [{"type": "agent_error", "error": texts.SERVER_FAILED, "ts": TS}]
    assert after.events[-1] == {"type": "agent_error", "error": texts.SERVER_FAILED, "ts": TS}


async def test_an_interrupted_turn_that_cannot_be_kept(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Is told to be interrupted all the same."""
    world.model = ScriptedChatModel(Reply(text="uno dos tres", pace=10), Reply(text="Claro."))
    async with connect() as client:
        await client.heard(say("Hola"), seconds=0.15)
        world.threads.keeping.error = StorageUnavailable()
        rest = Answer(await client.heard(say("Hola")))
    assert rest.events[0]["type"] == "interrupted"


async def test_two_connections_in_one_thread(world: World, autojump_clock: MockClock) -> None:
    """Are answered one after the other, so that each sees what the other said."""
    world.model = ScriptedChatModel(Reply(text="uno dos", pace=1), Reply(text="Claro."))
    async with open_host(world) as host:
        one, other = host.connect(), host.connect()
        one.say(say("Hola"))
        await one.settled()
        await other.heard(say("Y yo"), seconds=5)
        for client in (one, other):
            client.socket.leave()
    assert [text for _, text in world.threads.said] == ["Hola", "uno dos", "Y yo", "Claro."]


async def test_a_client_that_goes_away(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Has been told what was sent, and that is kept."""
    world.model = ScriptedChatModel(Reply(text="uno dos tres", pace=10))
    async with connect() as client:
        await client.heard(say("Hola"), seconds=0.15)
        client.socket.leave()
        await client.settled()
    assert world.threads.said == [("user", "Hola"), ("assistant", "uno dos")]


# Voices


@attrs.define(eq=False)
class FakeSpeaker:
    """Plays the first words at once, and the rest when the answer is whole, for a second."""

    failing_at: str | None = None
    spoken: list[str] = attrs.field(factory=list)
    _send: SendSpeech | None = None

    @asynccontextmanager
    async def open_speaking(self, send: SendSpeech) -> AsyncIterator[FakeSpeaker]:
        """Get ready."""
        self._fail("open")
        self._send = send
        yield self

    @property
    def heard(self) -> str:
        """The first piece."""
        return self.spoken[0]

    async def say(self, text: str) -> None:
        """Say it."""
        self._fail("say")
        self.spoken.append(text)

    async def may_go_on(self) -> None:
        """Nobody speaks over it."""

    async def finish(self) -> None:
        """Take a second."""
        self._fail("finish")
        await trio.sleep(1)
        assert self._send is not None
        await self._send(TtsEnd(ts=TS))

    def _fail(self, at: str) -> None:
        if self.failing_at == at:
            raise SpeechUnavailable("scripted")


@attrs.define(eq=False)
class Output:
    """Keeps the events of a turn."""

    events: list[Event] = attrs.field(factory=list)

    async def send(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)


async def test_an_answer_is_spoken(world: World, autojump_clock: MockClock) -> None:
    """Piece by piece, and its turn ends when its speech has."""
    speaker, output = FakeSpeaker(), Output()
    turn = TaxiTurn(services=world.services(), caller=CALLER, hearing=Typed("Hola"), speaker=speaker)
    began = trio.current_time()
    last = await turn.run(output, None)
    await turn.settle(None)
    assert trio.current_time() - began == pytest.approx(1)
    assert "".join(speaker.spoken) == "¡Hola! Soy Marisol, de la central de taxis. ¿En qué puedo ayudarte?"
    assert [type(event) for event in (*output.events[-1:], *last)] == [TtsEnd, SystemMessage]


async def test_an_interrupted_voice(world: World, autojump_clock: MockClock) -> None:
    """What was played is what was heard, and what the conversation keeps."""
    speaker = FakeSpeaker()
    turn = TaxiTurn(services=world.services(), caller=CALLER, hearing=Typed("Hola"), speaker=speaker)
    with trio.move_on_after(0.5):
        await turn.run(Output(), None)
    failure = TurnFailure(end=TurnEnd.INTERRUPTED)
    await turn.settle(failure)
    assert turn.ending(failure) == (Interrupted(agent="RECEPCIONISTA", heard="¡Hola! ", ts=TS),)
    assert world.threads.said == [("user", "Hola"), ("assistant", "¡Hola!")]


@pytest.mark.parametrize("at", ["open", "say", "finish"])
async def test_a_voice_that_fails(at: str, world: World, autojump_clock: MockClock) -> None:
    """Leaves the answer in writing, once said so."""
    output = Output()
    speaker = FakeSpeaker(failing_at=at)
    turn = TaxiTurn(services=world.services(), caller=CALLER, hearing=Typed("Hola"), speaker=speaker)
    last = await turn.run(output, None)
    await turn.settle(None)
    warnings = [event for event in output.events if isinstance(event, SystemMessage) and event.level == "warning"]
    assert [warning.message for warning in warnings] == [texts.NO_VOICE]
    assert [type(event) for event in last] == [SystemMessage]
    assert turn.heard.startswith("¡Hola!")


@attrs.frozen
class Spoken:
    """Hears as told."""

    text: str | None

    async def listen(self, partial: OnPartial) -> str:
        """Hear it, or fail."""
        if self.text is None:
            raise SpeechUnavailable("scripted")
        await partial(self.text)
        return self.text


async def test_nothing_heard(world: World, autojump_clock: MockClock) -> None:
    """No words, no answer; a cough is told as such."""
    output = Output()
    turn = TaxiTurn(services=world.services(), caller=CALLER, hearing=Spoken(" "))
    (last,) = await turn.run(output, None)
    await turn.settle(None)
    assert isinstance(last, SystemMessage)
    assert last.message == texts.NOTHING_HEARD
    assert not [event for event in output.events if isinstance(event, SttOutput)]
    assert world.threads.messages == {}


async def test_hearing_that_fails(world: World, autojump_clock: MockClock) -> None:
    """Is an error of its own."""
    turn = TaxiTurn(services=world.services(), caller=CALLER, hearing=Spoken(None))
    assert [getattr(event, "error", None) for event in await turn.run(Output(), None)] == [texts.HEARING_FAILED]
    await turn.settle(None)
