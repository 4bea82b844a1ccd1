"""What the dispatcher does with a client's messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from trio.testing import MockClock

from smarthealth.apps.taxi import texts
from smarthealth.apps.taxi.dialogue import TaxiDialogue
from smarthealth.apps.taxi.presence import Presence
from smarthealth.apps.taxi.settings import TaxiSettings
from smarthealth.apps.taxi.wire import Event
from smarthealth.conversation.application import Principal
from smarthealth.conversation.errors import ServerDraining, TurnRefused
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply
from smarthealth.testing.speech import Heard, ScriptedSpeechToText, ScriptedTextToSpeech
from tests.apps.taxi.conftest import ANA, TS, Answer, Connect, World, open_host
from tests.apps.taxi.voice.test_spoken_dialogue import _open_line, _speak

CONVERSATION = ("Hola", "Necesito un taxi", "Calle 72 #43-25", "El Prado", "En efectivo", "No", "Sí, confirmo")


async def test_the_documents_conversation(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Each message is answered by the agent, and with the tools, that the document names."""
    async with connect() as client:
        answers = await client.talk(*CONVERSATION)
    assert [answer.agent for answer in answers] == [
        "RECEPCIONISTA",
        "RECEPCIONISTA",
        "NAVEGANTE",
        "NAVEGANTE",
        "OPERADOR",
        "OPERADOR",
        "CONFIRMADOR",
    ]
    assert answers[0].tools == []
    assert answers[1].tools == ["TransferToNavegante"]
    assert "TransferToOperador" in answers[3].tools
    assert answers[4].tools == []
    assert "TransferToConfirmador" in answers[5].tools
    assert answers[6].tools == ["DispatchToBackend"]
    (booking,) = world.booked
    assert (booking.destination, booking.zone, booking.payment, booking.status, booking.fare) == (
        "Calle 72 # 43-25, El Prado, Barranquilla",
        "Barranquilla",
        "efectivo",
        "dispatched",
        9500,
    )
    assert booking.reference is not None
    assert booking.reference in answers[6].text


async def test_the_greeting(connect: Connect, world: World, autojump_clock: MockClock) -> None:
    """Names the thread that messages without one belong to, in which they go on."""
    async with open_host(world) as host:
        client = host.connect()
        (greeting,) = await client.settled()
        first = Answer(await client.heard({"type": "user_input", "text": "Necesito un taxi"}, seconds=1))
        second = Answer(await client.heard({"type": "user_input", "text": "al aeropuerto"}, seconds=1))
        client.socket.leave()
    assert (greeting["type"], greeting["level"], greeting["message"]) == ("system_message", "info", texts.WELCOME)
    assert first.events[0]["message"] == f"Procesando mensaje en thread {greeting['thread_id']}"
    assert (first.agent, second.agent) == ("RECEPCIONISTA", "NAVEGANTE")


async def test_a_ping(connect: Connect, autojump_clock: MockClock) -> None:
    """Is answered, whatever else goes on."""
    async with connect() as client:
        assert await client.heard({"type": "ping"}) == [{"type": "pong", "ts": TS}]


@pytest.mark.parametrize(
    "frame", ["{", "[]", '{"type": "user_input"}', '{"type": "fly"}', '{"type": "user_input", "text": " "}']
)
async def test_bad_input(frame: str, connect: Connect, world: World, autojump_clock: MockClock) -> None:
    """Is a system message of level error, and the connection stays usable."""
    async with connect() as client:
        (refused,) = await client.heard(frame)
        fine = await client.tell("Hola")
    assert (refused["type"], refused["level"], refused["ts"]) == ("system_message", "error", TS)
    assert fine.text
    assert world.telemetry.errors == ["bad_message"]


@pytest.mark.parametrize("principal", [None, ANA])
async def test_who_says_too_much(
    principal: Principal | None, connect: Connect, world: World, autojump_clock: MockClock
) -> None:
    """Is asked to wait: by connection, and by user over all connections."""
    async with connect(principal) as client:
        world.limiter.retry_after = 2.0
        (refused,) = await client.heard({"type": "user_input", "text": "Hola"})
        world.limiter.retry_after = 0.0
        await client.tell("Hola")
    assert (refused["level"], refused["message"]) == ("warning", "Demasiados mensajes; espera 2 s")
    assert ("user 7" in world.limiter.taken) is (principal is not None)


async def test_too_many_turns(connect: Connect, world: World, autojump_clock: MockClock) -> None:
    """Are refused, in several threads at once; those that wait are answered in order."""
    world.model = ScriptedChatModel(rule=lambda request: Reply(text="uno dos tres", pace=1))
    async with connect() as client:
        for number in range(5):
            client.say({"type": "user_input", "text": "Hola", "thread_id": f"t{number}"})
        first = await client.settled()
        rest = await client.heard(seconds=60)
    warnings = [event for event in first if event.get("level") == "warning"]
    assert [event["message"] for event in warnings] == [texts.TOO_MANY_REQUESTS]
    order = [event["message"][-2:] for event in (*first, *rest) if "Procesando" in event.get("message", "")]
    assert order == ["t0", "t1", "t2", "t3"]


async def test_a_busy_thread(connect: Connect, world: World, autojump_clock: MockClock) -> None:
    """Is refused where the setting says so, on another connection."""
    world.settings = TaxiSettings(when_busy="reject")
    world.model = ScriptedChatModel(Reply(text="uno dos tres", pace=1))
    async with open_host(world) as host:
        one, other = host.connect(), host.connect()
        await one.heard({"type": "user_input", "text": "Hola", "thread_id": "t"})
        await other.settled()
        (refused,) = await other.heard({"type": "user_input", "text": "Hola", "thread_id": "t"})
        for client in (one, other):
            client.socket.leave()
    assert refused["message"] == texts.THREAD_BUSY


class Refusing:
    """A link that starts no turn."""

    connection_id = "c1"
    principal = None
    address = None

    def __init__(self, error: TurnRefused) -> None:
        self.error = error
        self.replies: list[Event] = []

    def reply(self, event: Event) -> None:
        """Keep it."""
        self.replies.append(event)

    async def start_turn(self, turn: object) -> None:
        """Refuse."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"), [(ServerDraining(), texts.GOING_AWAY), (TurnRefused(), texts.SERVER_FAILED)]
)
async def test_a_server_that_goes_away(error: TurnRefused, said: str, world: World) -> None:
    """Says so."""
    link = Refusing(error)
    dialogue = TaxiDialogue(world.services(), link, Presence())  # type: ignore[arg-type]  # enough of a link
    await dialogue.received('{"type": "user_input", "text": "Hola"}')
    assert [getattr(event, "message", None) for event in link.replies] == [said]


async def test_audio_where_nobody_hears(connect: Connect, autojump_clock: MockClock) -> None:
    """Is told not to be there, and text keeps working."""
    async with connect() as client:
        (refused,) = await client.heard({"type": "audio_start"})
        client.socket.say(b"\0\0")
        (again,) = await client.settled()
        (nothing,) = await client.heard({"type": "cancel"})
        fine = await client.tell("Hola")
    assert (refused["level"], refused["message"], again["message"]) == ("warning", texts.NO_AUDIO, texts.NO_AUDIO)
    assert fine.text
    assert nothing["message"] == texts.NOTHING_TO_CANCEL


async def test_a_connection_that_hears(world: World, tmp_path: Path, autojump_clock: MockClock) -> None:
    """What is said into it is answered as what is typed is, and a cancel silences both."""
    stt = ScriptedSpeechToText(Heard(text="Hola"), otherwise=Heard(text="Necesito un taxi"))
    async with _open_line(world, tmp_path, stt, ScriptedTextToSpeech()) as host:
        client = host.connect()
        client.say({"type": "audio_start", "mode": "push", "thread_id": "t"})
        await client.settled()
        await _speak(client, 0.5)
        spoken = Answer(await client.heard({"type": "audio_end"}, seconds=30))
        typed = await client.tell("Necesito un taxi", "t", seconds=30)
        await client.heard({"type": "user_input", "text": "Hola", "thread_id": "t"}, seconds=0.5)
        (cancelled, *_) = [
            event
            for event in await client.heard({"type": "cancel", "thread_id": "t"}, seconds=1)
            if event["type"] == "cancelled"
        ]
        client.socket.leave()
        await client.settled()
    assert (spoken.agent, typed.agent, cancelled["thread_id"]) == ("RECEPCIONISTA", "RECEPCIONISTA", "t")
    assert "tts_end" in spoken.kinds
