"""Whose business a message is not."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.routing.facts import not_for


@pytest.mark.parametrize(
    "message",
    [
        "voy a cambiarle yo mismo el aceite y el filtro al 1.5, ¿cuánto le echo?",
        "quiero cambiar el filtro del polen yo mismo",
        "I want to swap the spark plugs at home, what torque?",
        "I'm changing the brake fluid, which one does it need?",
        "how long do the lights stay on when I lock the car?",
        "¿cuánto tiempo quedan prendidas las luces cuando cierro el carro?",
    ],
)
def test_own_hands_and_the_car_s_own_times_need_no_workshop(message: str) -> None:
    """Facts are all that is wanted."""
    assert not_for(message) == {"maintenance"}


@pytest.mark.parametrize(
    "message",
    [
        "I'm going to change my appointment",
        "voy a cambiar la cita para el martes",
        "can you change the oil at my home?",
        "quiero cambiar el aceite el jueves",
        "I can do Tuesday myself, is ten o'clock free?",
        "how long do you keep the car for a service?",
        "¿cuánto se demora el cambio de aceite?",
    ],
)
def test_work_of_the_workshop_is_for_the_workshop(message: str) -> None:
    """Whoever asks when, or how long it takes, wants it done there."""
    assert not_for(message) == frozenset()


def test_a_lamp_that_informs_is_no_fault() -> None:
    """It is read up."""
    assert not_for("a blue thermometer symbol came on") == {"troubleshooting"}
