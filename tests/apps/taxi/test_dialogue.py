"""What the dispatcher does with a client's messages."""

from __future__ import annotations

from trio.testing import MockClock

from tests.apps.taxi.conftest import Connect, World

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
