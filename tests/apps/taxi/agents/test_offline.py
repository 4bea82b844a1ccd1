"""The offline dispatcher: whole dialogues over the real engine, and what it says where something fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from smarthealth.apps.taxi.agents.brief import Brief, ServiceNote, write_brief
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.agents.phrases import CALLED, CHANGE_SENT, DECLINED, DISPATCHED_ALREADY, HELP, KEPT, OFFER
from smarthealth.llm.port import ChatMessage, ChatRequest, Tool, ToolCall
from smarthealth.storage.errors import StorageUnavailable
from tests.apps.taxi.agents.test_phrases import BUSY, EMPTY, WHOLE
from tests.apps.taxi.conftest import Connect, World

DATA = Path(__file__).parent / "data" / "dialogues.tsv"
DIALOGUES = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
SERVICE = ServiceNote(reference="BAQ-1", destination="x", fare=9500)
ALL = [
    Tool(name=name, description="x", parameters={})
    for name in (
        "TransferToHuman",
        "CancelService",
        "LookupService",
        "ValidateAddress",
        "EstimateFare",
        "DispatchToBackend",
    )
]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[f"{number} {row[0][:40]}" for number, row in enumerate(DIALOGUES)])
async def test_dialogues(dialogue: list[str], world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Each comes to the booking that its person wants, and no answer is silent."""
    texts, status, destination, pickup, fare, payment, features = dialogue
    async with connect() as client:
        answers = await client.talk(*texts.split(" | "))
    assert all(answer.text and answer.kinds[-1] == "system_message" for answer in answers)
    booking = world.booked[-1]
    assert [
        booking.status,
        booking.destination,
        booking.pickup or "-",
        str(booking.fare),
        booking.payment,
        ", ".join(booking.features) or "-",
    ] == [status, destination, pickup, fare, payment, features]


WORDS = sorted({word for row in DIALOGUES for word in row[0].replace(" | ", " ").split()})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4))
def test_no_words_leave_the_dispatcher_without_any(texts: list[str]) -> None:
    """Whatever is said, in whatever state, the answer has words, and each tool is one that is on offer."""
    from smarthealth.apps.taxi.agents.brief import make_brief
    from smarthealth.apps.taxi.state import ThreadState
    from tests.apps.taxi.agents.conftest import work_of

    state, world = ThreadState(), World()
    for text in texts:
        work = work_of(world, text, state)
        brief = make_brief(work, state.slots)
        pieces = write(brief) + write(brief, {"ValidateAddress": "ok"})
        assert "".join(piece for piece in pieces if isinstance(piece, str)).strip()
        state = attrs.evolve(work.state, agent="NAVEGANTE")


def write(brief: Brief, results: Mapping[str, str] | None = None, *, offered: bool = True) -> list[object]:
    """What is written for a note, after tools have said this."""
    results = results or {}
    calls = tuple(ToolCall(id=name, name=name, arguments="{}") for name in results)
    messages = [
        ChatMessage(role="system", content=write_brief(brief)),
        ChatMessage(
            role="assistant", content="", tool_calls=(ToolCall(id="old", name="LookupService", arguments="{}"),)
        ),
        ChatMessage(role="tool", content="old", tool_call_id="old"),
        ChatMessage(role="user", content="x"),
        ChatMessage(role="assistant", content="", tool_calls=calls),
        *(ChatMessage(role="tool", content=result, tool_call_id=name) for name, result in results.items()),
    ]
    return list(compose(ChatRequest(messages=tuple(messages), tools=tuple(ALL) if offered else ())))


def names(pieces: list[object]) -> list[str]:
    """The tools that are called."""
    return [piece.name for piece in pieces if isinstance(piece, ToolCall)]


def words(pieces: list[object]) -> str:
    """What is said."""
    return "".join(piece for piece in pieces if isinstance(piece, str))


@pytest.mark.parametrize(
    ("brief", "tools"),
    [
        (attrs.evolve(EMPTY, intents=("human",)), ["TransferToHuman"]),
        (attrs.evolve(EMPTY, intents=("complaint",)), ["TransferToHuman"]),
        (attrs.evolve(EMPTY, wants_person=True, order=WHOLE), ["TransferToHuman"]),
        (attrs.evolve(EMPTY, intents=("cancel",), active=(SERVICE,)), ["CancelService"]),
        (attrs.evolve(EMPTY, intents=("status",)), ["LookupService"]),
        (attrs.evolve(BUSY, agent="NAVEGANTE", changed=("destination",)), ["ValidateAddress"]),
        (attrs.evolve(BUSY, intents=("ask_fare",)), ["EstimateFare"]),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", yes=True), ["DispatchToBackend"]),
        (
            attrs.evolve(EMPTY, agent="CONFIRMADOR", cleared="destination", is_empty=False),
            ["TransferToNavegante"],
        ),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="payment", cleared="payment"), ["TransferToOperador"]),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", no=True), []),
    ],
)
def test_tools_that_are_asked_first(brief: Brief, tools: list[str]) -> None:
    """By what the person wants; one that is not on offer is not called."""
    assert names(write(brief)) == tools
    assert not set(names(write(brief, offered=False))) & {tool.name for tool in ALL} - {"DispatchToBackend"}


@pytest.mark.parametrize(
    "brief",
    [
        attrs.evolve(BUSY, missing="confirmation", yes=True, wrong="unknown"),
        attrs.evolve(BUSY, missing="confirmation", yes=True, changed=("payment",)),
        attrs.evolve(BUSY, missing="confirmation", yes=True, asks_payment=True),
        attrs.evolve(BUSY, missing="confirmation", yes=True, refused="Malambo"),
        attrs.evolve(BUSY, missing="payment", yes=True),
    ],
)
def test_what_is_no_confirmation(brief: Brief) -> None:
    """A yes with a but."""
    assert "DispatchToBackend" not in names(write(attrs.evolve(brief, agent="CONFIRMADOR")))


FAILED = '{"error": "La central no responde."}'


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({"DispatchToBackend": "Servicio BAQ-1 enviado."}, "¡Listo! Servicio BAQ-1 enviado."),
        ({"DispatchToBackend": FAILED}, "no pude enviar el taxi. La central no responde."),
        ({"TransferToHuman": "Transfer successful"}, "¿A qué número de teléfono"),
        ({"TransferToHuman": FAILED}, "Disculpa, la central no responde."),
        ({"CancelService": "Servicio BAQ-1 cancelado."}, "Servicio BAQ-1 cancelado. Si necesitas otro"),
        ({"CancelService": FAILED}, "Disculpa. La central"),
        ({"CancelService": '{"x": 1}'}, '{"x": 1} Si'),
        ({"LookupService": "No hay servicios activos."}, "No tienes servicios activos"),
    ],
)
def test_what_tools_said(results: dict[str, str], said: str) -> None:
    """Is told, failures too."""
    assert said in words(write(EMPTY, results))


def test_a_service_and_a_number() -> None:
    """That there are."""
    assert "Tu servicio BAQ-1" in words(write(attrs.evolve(EMPTY, active=(SERVICE,)), {"LookupService": "BAQ-1: a x"}))
    assert "Te llamará al 3001234567." in words(write(attrs.evolve(EMPTY, order=WHOLE), {"TransferToHuman": "ok"}))


@pytest.mark.parametrize(
    ("brief", "said"),
    [
        (attrs.evolve(EMPTY, intents=("cancel",)), "No tienes ningún servicio activo que cancelar"),
        (attrs.evolve(EMPTY, intents=("thanks",)), "Aquí estamos para servirte"),
        (attrs.evolve(EMPTY, only_no=True, active=(SERVICE,)), "Que tengas buen viaje"),
        (attrs.evolve(EMPTY, yes=True, active=(SERVICE,)), DISPATCHED_ALREADY),
        (attrs.evolve(EMPTY, intents=("ask_wait",)), "¿A qué dirección te diriges?"),
        (attrs.evolve(EMPTY, intents=("greeting",)), "¿En qué puedo ayudarte?"),
        (EMPTY, HELP),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", wrong="unknown"), "¿Qué dato corrijo"),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", refuses=True), "no lo envío todavía"),
        (attrs.evolve(BUSY, missing="features", yes=True), "Claro, dime cuál"),
        (attrs.evolve(EMPTY, refused="Malambo", intents=("taxi",)), "¿Te llevamos a otro destino?"),
        (attrs.evolve(BUSY, cleared="payment"), "Claro, lo corregimos."),
        (attrs.evolve(EMPTY, intents=("taxi",)), "Perfecto. ¿A qué dirección"),
        (BUSY, "no te entendí bien"),
        (attrs.evolve(BUSY, missing="features", yes=True, assumed=("payment",)), "¿Alguna preferencia especial"),
        (attrs.evolve(EMPTY, is_stuck=True), OFFER),
        (attrs.evolve(EMPTY, declined=True, intents=("farewell",)), DECLINED),
        (attrs.evolve(BUSY, declined=True), KEPT),
        (attrs.evolve(EMPTY, is_stuck=True, intents=("greeting",)), "¿En qué puedo ayudarte?"),
        (attrs.evolve(EMPTY, intents=("ask_wait",), active=(SERVICE,)), "¿Necesitas algo más?"),
        (attrs.evolve(EMPTY, active=(SERVICE,), changes_sent=True), CHANGE_SENT),
        (attrs.evolve(EMPTY, wants_person=True), CALLED),
        (attrs.evolve(EMPTY, is_silent=True), "No te escuché bien. ¿En qué"),
        (attrs.evolve(BUSY, is_silent=True), "No te escuché bien. ¿Cómo vas"),
        (attrs.evolve(BUSY, intents=("repeat",)), "Claro, te repito. ¿Cómo vas"),
        (attrs.evolve(EMPTY, intents=("taxi",), unknown="Chibolo"), "No encuentro Chibolo en mi mapa"),
        (attrs.evolve(EMPTY, intents=("taxi",), several=True), "Por pedido va un solo taxi"),
        (attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", hesitates=True), "Resumen: "),
        (
            attrs.evolve(BUSY, agent="CONFIRMADOR", missing="confirmation", tells=True),
            "No me quedó claro qué debo cambiar. Resumen: ",
        ),
    ],
)
def test_what_is_said(brief: Brief, said: str) -> None:
    """Where no tool is needed."""
    assert said in words(write(brief))


async def test_a_person_who_cannot_be_reached(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Is told so, over the whole engine."""
    world.threads.asking.error = StorageUnavailable()
    async with connect() as client:
        answer = await client.tell("quiero hablar con una persona")
    assert "no se pudo anotar la solicitud" in answer.text
