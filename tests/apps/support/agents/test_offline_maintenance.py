"""The offline model's way with appointments."""

from __future__ import annotations

import pytest

from tests.apps.support.conftest import OpenHost

TALKS = {
    "en": [
        ("I'd like to book an appointment", "What should be done?"),
        ("an oil change", "Which time suits you"),
        ("the first one", "Booked: oil and filter change on Wednesday 4 March at 10:30"),
        ("book an oil change for friday at 10", "You have that already"),
        ("book a wheel alignment for friday at 10", "Booked: wheel alignment on Friday 6 March at 10:00"),
        ("book an inspection on sunday at 10", "That time is not free"),
        ("no", "nothing was changed"),
        ("cancel my appointment", "Which appointment do you mean?"),
        ("the one for the wheel alignment, please cancel it", "Cancelled: wheel alignment"),
        ("please move my appointment", "To which day and time"),
        ("on friday", "there is room on Friday"),
        ("at 10:00", "Moved: oil and filter change"),
        ("what appointments do I have?", "Earlier: wheel alignment"),
        ("cancel appointment 99", "Which appointment do you mean?"),
        ("how much is a wheel alignment at the workshop?", "70.00 dollars"),
        ("what services do you offer and what do they cost?", "Our prices"),
    ],
    "es": [
        ("quiero cancelar mi cita", "No tiene citas pendientes"),
        ("agéndame un cambio de aceite para mañana a las 9", "Agendado: cambio de aceite y filtro el jueves 5 de marzo a las 09:00"),
        ("mueve mi cita para el viernes a las 3 de la tarde", "Movido"),
        ("cancela mi cita", "Cancelado"),
        ("¿qué citas tengo?", "Anteriores"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", TALKS)
async def test_a_talk_about_appointments(language: str, host: OpenHost) -> None:
    """From the first word to the last, in either language."""
    async with host() as server:
        client = server.connect()
        for said, expected in TALKS[language]:
            answer = await client.answer(said)
            assert expected in answer, (said, answer)
