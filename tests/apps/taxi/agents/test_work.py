from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.taxi.agents.work import asked_by, asker_of, first_fill, route
from smarthealth.apps.taxi.patience import Patience
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.slots import Slots
from smarthealth.apps.taxi.state import ThreadState
from smarthealth.apps.taxi.understanding.reading import read
from smarthealth.apps.taxi.wire import AgentName
from tests.apps.taxi.agents.conftest import ORDER, a_service, state_of, work_of
from tests.apps.taxi.conftest import World

GAZETTEER = load_gazetteer()


@pytest.mark.parametrize(
    ("state", "text", "agent"),
    [
        (ThreadState(), "Hola", "RECEPCIONISTA"),
        (ThreadState(), ORDER[0], "RECEPCIONISTA"),
        (ThreadState(agent="NAVEGANTE"), "calle 72", "NAVEGANTE"),
        (state_of("calle 72 # 43-25"), "El Prado", "NAVEGANTE"),
        (state_of("calle 72 # 43-25", agent="RECEPCIONISTA"), "El Prado", "NAVEGANTE"),
        (state_of("al aeropuerto"), "efectivo", "OPERADOR"),
        (state_of("al aeropuerto", "efectivo"), "no", "OPERADOR"),
        (state_of(*ORDER), "sí", "CONFIRMADOR"),
        (state_of(*ORDER, agent="CONFIRMADOR"), "quiero hablar con una persona", "CONFIRMADOR"),
        (state_of(*ORDER, agent="OPERADOR"), "quiero hablar con una persona", "RECEPCIONISTA"),
        (state_of(*ORDER), "cancela el taxi", "RECEPCIONISTA"),
        (state_of(*ORDER), "¿dónde viene mi taxi?", "RECEPCIONISTA"),
        (ThreadState(agent="NAVEGANTE", wants_person=True), "300 123 4567", "RECEPCIONISTA"),
        (ThreadState(agent="NAVEGANTE", wants_person=True), "calle 72", "NAVEGANTE"),
    ],
)
def test_who_answers(state: ThreadState, text: str, agent: AgentName) -> None:
    """Whoever has the next thing to ask, given what was known before the message."""
    assert route(state, read(text, GAZETTEER)) == agent


def test_what_was_asked() -> None:
    """Nothing, before an order was begun."""
    assert asked_by(ThreadState()) is None
    assert asked_by(ThreadState(agent="NAVEGANTE")) == "destination"
    assert asked_by(state_of("al aeropuerto")) == "payment"
    assert asker_of("confirmation") == "CONFIRMADOR"
    assert first_fill("43-25", GAZETTEER).destination.text == "# 43-25"


async def test_the_state_after_a_turn(world: World) -> None:
    """Goes on with who was handed over to; after a dispatch, or a cancelled order, it begins anew, but for who travels."""
    work = work_of(world, "soy Ana, 300 123 4567", state_of(*ORDER))
    assert (work.agent, work.state.agent, work.state.slots) == ("CONFIRMADOR", "CONFIRMADOR", work.slots)
    work.handoff = "NAVEGANTE"
    assert work.state.agent == "NAVEGANTE"
    anew = ThreadState(slots=Slots(name="Ana", phone="3001234567"))
    work.dropped = True
    assert work.state == anew
    work.dropped, work.dispatched = False, await a_service(world)
    assert work.state == anew


def test_a_yes_after_a_no(world: World) -> None:
    """Agrees to nothing, unless it says to what."""
    asked = attrs.evolve(state_of(*ORDER, agent="CONFIRMADOR"), patience=Patience(question="confirmation", times=1))
    refused = work_of(world, "no", asked).state
    assert refused.patience.doubted
    unclear = work_of(world, "sí", refused)
    assert (unclear.hesitates, unclear.heard.yes, unclear.state.patience.doubted) == (True, False, False)
    assert work_of(world, "sí, confirmo", refused).heard.yes
    assert work_of(world, "sí", unclear.state).heard.yes


async def test_a_service_under_way(world: World) -> None:
    """Is not ordered a second time by who wants it changed."""
    active = (await a_service(world),)
    changed = work_of(world, "cambia el destino, voy al aeropuerto", ThreadState(), active)
    assert (changed.changes_sent, changed.slots.is_empty) == (True, True)
    other = work_of(world, "quiero otro taxi al aeropuerto", ThreadState(), active)
    assert (other.changes_sent, other.slots.is_empty) == (False, False)


async def test_a_message_in_its_place(world: World) -> None:
    """Asks when a taxi comes that is not sent yet, cancels nothing where there is nothing, and asks a fare after a fare."""
    late = work_of(world, "¿a qué hora llega el carro?", state_of(*ORDER))
    assert late.heard.intents & {"status", "ask_wait"} == {"ask_wait"}
    text = "cancela el que pedí y pide otro al aeropuerto"
    anew = work_of(world, text, ThreadState())
    assert ("cancel" in anew.heard.intents, anew.slots.is_empty) == (False, False)
    cancelled = work_of(world, text, ThreadState(), (await a_service(world),))
    assert ("cancel" in cancelled.heard.intents, cancelled.slots.is_empty) == (True, True)
    aside = attrs.evolve(state_of("a Galapa"), patience=Patience(question="destination Galapa", was_aside=True))
    assert work_of(world, "¿y hasta Soledad?", aside).slots.destination.zone == "Galapa"


def test_who_cannot_be_understood(world: World) -> None:
    """Is counted in the thread's state, and taken over by a person in the end."""
    state, agents = ThreadState(agent="NAVEGANTE"), []
    for _ in range(5):
        work = work_of(world, "eh", state)
        state = work.state
        agents.append((work.agent, work.patience.is_stuck, "human" in work.heard.intents))
    assert agents == [
        ("NAVEGANTE", False, False),
        ("NAVEGANTE", False, False),
        ("NAVEGANTE", True, False),
        ("NAVEGANTE", True, False),
        ("RECEPCIONISTA", False, True),
    ]
