"""The agents' tools, called as the tool loop calls them."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.agents.tools import HANDOFFS, TOOLS, TRANSFERRED, AgentTools
from smarthealth.apps.taxi.agents.work import Work
from smarthealth.apps.taxi.dispatch.port import DispatchRefused, DispatchUnavailable
from smarthealth.apps.taxi.state import ThreadState, read_state
from smarthealth.apps.taxi.wire import AgentName
from smarthealth.llm.tooling.errors import ToolError
from smarthealth.storage.errors import StorageUnavailable
from tests.apps.taxi.agents.conftest import CALLER, ORDER, a_service, open_desk, state_of, work_of
from tests.apps.taxi.conftest import World


async def call(work: Work, name: str, **arguments: object) -> str:
    """What a tool answers to a call."""
    spec = AgentTools(work).toolbox().find(name)
    assert spec is not None
    result = await spec.invoke(arguments)
    assert isinstance(result, str)
    return result


def of(world: World, agent: AgentName, *texts: str) -> Work:
    """The work of an agent on an order in which this was said."""
    work = work_of(world, "hola", state_of(*texts))
    work.agent = agent
    return work


def test_each_agent_has_its_tools(world: World) -> None:
    """Those that the protocol lists."""
    for agent, names in TOOLS.items():
        box = AgentTools(of(world, agent)).toolbox()
        assert tuple(tool.name for tool in box.tools()) == names
    assert {name for names in TOOLS.values() for name in names} >= HANDOFFS - {"TransferToRecepcionista"}


async def test_handing_over(world: World) -> None:
    """Is done when what comes before is there, and takes effect with the next message."""
    work = of(world, "RECEPCIONISTA")
    assert await call(work, "TransferToNavegante") == TRANSFERRED
    assert (work.handoff, work.agent) == ("NAVEGANTE", "RECEPCIONISTA")
    work = of(world, "NAVEGANTE", "calle 72 # 43-25")
    with pytest.raises(ToolError, match="el barrio o el municipio"):
        await call(work, "TransferToOperador")
    work = of(world, "NAVEGANTE", "al aeropuerto")
    assert await call(work, "TransferToOperador") == TRANSFERRED
    work = of(world, "OPERADOR", "al aeropuerto")
    with pytest.raises(ToolError, match="la forma de pago"):
        await call(work, "TransferToConfirmador")
    work = of(world, "OPERADOR", "al aeropuerto", "nequi")
    assert await call(work, "TransferToConfirmador") == TRANSFERRED
    assert (work.handoff, work.slots.missing) == ("CONFIRMADOR", "confirmation")


async def test_somebody_who_wants_a_person(world: World) -> None:
    """Is written down, and asked for a number where there is none."""
    work = of(world, "RECEPCIONISTA")
    assert await call(work, "TransferToHuman") == TRANSFERRED
    assert work.wants_person
    work = of(world, "RECEPCIONISTA", "soy Ana, 300 123 4567")
    await call(work, "TransferToHuman", reason="queja")
    assert not work.wants_person
    assert [(phone, reason) for _, phone, reason in world.threads.persons] == [
        (None, "lo pidió"),
        ("3001234567", "queja"),
    ]
    world.threads.asking.error = StorageUnavailable()
    with pytest.raises(ToolError):
        await call(work, "TransferToHuman")


async def test_looking_services_up(world: World) -> None:
    """Those under way, with what they cost."""
    work = of(world, "RECEPCIONISTA")
    assert await call(work, "LookupService") == "No hay servicios activos."
    work.active = (await a_service(world),)
    found = await call(work, "LookupService")
    assert found == "BAQ-1: a Calle 72 # 43-25, El Prado, Barranquilla, $9.500, pago en efectivo, en camino"


async def test_cancelling(world: World, autojump_clock: MockClock) -> None:
    """The order in the making first; then a service, which is called back."""
    work = of(world, "RECEPCIONISTA", "al aeropuerto")
    assert "no se había enviado" in await call(work, "CancelService")
    assert work.dropped
    work = of(world, "RECEPCIONISTA")
    work.active = (await a_service(world),)
    async with open_desk(world):
        with pytest.raises(ToolError, match="No hay un servicio"):
            await call(work, "CancelService", reference="BAQ-9")
        assert await call(work, "CancelService", reason="cambio de planes") == "Servicio BAQ-1 cancelado."
    assert not work.active
    assert world.backend.called_back == ["BAQ-1"]
    assert world.bookings.reasons == {1: "cambio de planes"}


async def test_a_booking_without_a_service_is_cancelled_here(world: World, autojump_clock: MockClock) -> None:
    """There is nobody to call back."""
    work = of(world, "RECEPCIONISTA")
    service = await a_service(world)
    work.active = (await world.bookings.place(service.thread_id, 2, None, service),)
    async with open_desk(world):
        await call(work, "CancelService")
    assert world.backend.called_back == []


async def test_validating_an_address(world: World) -> None:
    """Notes it where it is new, as destination or as place of pickup."""
    work = of(world, "NAVEGANTE", "calle 72 # 43-25")
    assert await call(work, "ValidateAddress", address="Calle 72 # 43-25") == (
        "Calle 72 # 43-25 (completa; zona sin precisar)"
    )
    told = await call(work, "ValidateAddress", address="Calle 72 # 43-25", neighbourhood="El Prado")
    assert (
        told == "Calle 72 # 43-25, El Prado, Barranquilla (completa; zona Barranquilla, sector Norte-Centro Histórico)"
    )
    assert work.slots.missing == "payment"
    assert "(completa; zona Soledad)" in await call(work, "ValidateAddress", address="aeropuerto", is_pickup=True)
    assert work.slots.pickup.zone == "Soledad"
    assert "incompleta" in await call(work, "ValidateAddress", address="calle 80", municipality="Galapa")
    assert await call(of(world, "NAVEGANTE"), "ValidateAddress", address="eh") == "No se reconoce una dirección."


async def test_an_address_that_is_not_served(world: World) -> None:
    """Is said to be so."""
    from smarthealth.apps.taxi.agents import tools
    from smarthealth.apps.taxi.places.place import Place

    assert tools._validated(Place(outside="Malambo")) == "Malambo está fuera de la zona de servicio."


async def test_checking_a_zone(world: World) -> None:
    """By name, also a misheard one."""
    work = of(world, "NAVEGANTE")
    assert await call(work, "CheckZone", place="San José") == (
        "San José: Barranquilla, sector Suroriente; San José de Soledad: Soledad, sector Soledad"
    )
    assert "Villa Campestre: Puerto Colombia" in await call(work, "CheckZone", place="vila campestre")
    assert await call(work, "CheckZone", place="Soledad") == "Soledad: Soledad, sector sin precisar"
    assert await call(work, "CheckZone", place="Malambo") == "Malambo está fuera de la zona de servicio."
    assert await call(work, "CheckZone", place="zzz") == "zzz no está en la tabla de zonas."


async def test_payment_and_features(world: World) -> None:
    """As the model calls them, by their names or in the person's words."""
    work = of(world, "OPERADOR", "al aeropuerto")
    assert await call(work, "SetPayment", method="nequi") == "Pago: Nequi."
    said = await call(work, "SetFeatures", features=["mascota", "con aire"], observation="timbre")
    assert said == "Preferencias: aire acondicionado, mascota."
    assert (work.slots.payment, work.slots.observation, work.slots.missing) == ("nequi", "timbre", "confirmation")
    assert await call(work, "SetFeatures", features=[]) == "Preferencias: ninguna."
    assert work.slots.observation == "timbre"


async def test_fares(world: World) -> None:
    """From the table; an estimate while the pickup is not known."""
    with pytest.raises(ToolError):
        await call(of(world, "OPERADOR", "calle 72"), "EstimateFare")
    assert await call(of(world, "OPERADOR", "al aeropuerto"), "EstimateFare") == (
        "$9.500, estimada: falta el lugar de recogida"
    )
    assert await call(of(world, "OPERADOR", *ORDER), "EstimateFare") == "$9.500"


async def test_the_summary(world: World) -> None:
    """Or what it lacks."""
    assert "Carrera 38 # 74-12" in await call(of(world, "CONFIRMADOR", *ORDER), "ShowSummary")
    assert await call(of(world, "CONFIRMADOR"), "ShowSummary") == "Falta la dirección de destino."


async def test_dispatching(world: World, autojump_clock: MockClock) -> None:
    """Writes the booking once, resets the order, and gives the same service when it is called again."""
    work = of(world, "CONFIRMADOR", *ORDER)
    async with open_desk(world):
        first = await call(work, "DispatchToBackend")
        assert await call(work, "DispatchToBackend") == first == "Servicio BAQ-1 enviado. Tarifa $9.500."
    assert world.backend.keys == [f"{CALLER.thread_id}/1"]
    assert read_state(world.threads.threads[CALLER.thread_id].state) == ThreadState()
    assert [booking.status for booking in world.booked] == ["dispatched"]


async def test_an_order_that_lacks_something_is_not_sent(world: World) -> None:
    """The model is told what is missing."""
    with pytest.raises(ToolError, match="la forma de pago"):
        await call(of(world, "CONFIRMADOR", "al aeropuerto"), "DispatchToBackend")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DispatchRefused(), "no aceptó"),
        (DispatchUnavailable(), "no responde"),
        (StorageUnavailable(), "No se pudo registrar"),
    ],
)
async def test_a_dispatch_that_fails(error: Exception, said: str, world: World, autojump_clock: MockClock) -> None:
    """Is told in words, and leaves the order as it was."""
    world.backend.trouble.error = error
    work = of(world, "CONFIRMADOR", *ORDER)
    async with open_desk(world):
        with pytest.raises(ToolError, match=said):
            await call(work, "DispatchToBackend")
    assert work.dispatched is None
    assert work.slots.missing == "confirmation"


async def test_what_comes_late_is_recorded(world: World, autojump_clock: MockClock) -> None:
    """When the turn has gone, its result stands in the thread."""
    world.backend.trouble.delay = 5
    work = of(world, "CONFIRMADOR", *ORDER)
    async with open_desk(world):
        with trio.move_on_after(1):
            await call(work, "DispatchToBackend")
        await world.desk.settled(str(CALLER.thread_id))
    assert world.threads.said == [("assistant", "(Servicio BAQ-1 enviado. Tarifa $9.500.)")]
