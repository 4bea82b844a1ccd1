"""The offline model's way with appointments."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from smarthealth.apps.support.agents.offline import compose
from smarthealth.apps.support.agents.prompts import build_request
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case
from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatMessage, ChatRequest, ToolCall
from tests.apps.support.conftest import OpenHost

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
WISH: dict[str, Any] = {
    "intent": "book", "service": "oil_change", "day": None, "last_day": None, "at": None, "begins": None,
    "part": "any", "registration": None, "appointment": None, "declined": False,
}  # fmt: skip
VISIT = {
    "number": 3, "service": "oil_change", "name_en": "oil change", "name_es": "cambio", "begins": "2026-03-05T09:00",
    "price": "70.00", "registration": "ABC123", "state": "booked",
}  # fmt: skip

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
        ("how much would a respray at the workshop cost?", "price list does not say that. It has: oil and filter change"),
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


def step(wish: dict[str, Any], *results: tuple[str, str]) -> Piece:
    """What the offline model does next for a wish, after tools that returned this."""
    case = Case(caller=CALLER, message="hm", language="en")
    request = build_request("maintenance", case, "hm", {"wish": {**WISH, **wish}, "services": []})
    messages = list(request.messages)
    for number, (tool, content) in enumerate(results):
        call = ToolCall(id=str(number), name=tool, arguments="{}")
        messages.append(ChatMessage(role="assistant", content="", tool_calls=(call,)))
        messages.append(ChatMessage(role="tool", content=content, tool_call_id=call.id))
    (piece,) = compose(ChatRequest(messages=tuple(messages), max_output_tokens=9))
    return piece


def called(piece: Piece) -> tuple[str, str]:
    """The tool and its arguments."""
    assert isinstance(piece, ToolCall)
    return piece.name, piece.arguments


def test_results_that_are_no_objects_are_errors() -> None:
    """Told as something that did not work."""
    for content in ("nonsense", "[1]"):
        assert step({}, ("list_prices", content)) == "That did not work; please try again, or ask for a person."


def test_a_reason_is_told_in_words() -> None:
    """Unless other times help, which are looked for at once."""
    gone = '{"error":"The customer has no such visit."}'
    assert step({"intent": "move"}, ("move_appointment", gone)) == "You have no such appointment."
    taken = '{"error":"That time is taken."}'
    assert called(step({}, ("book_appointment", taken)))[0] == "find_slots"


@pytest.mark.parametrize(
    ("wish", "part"),
    [({"at": "09:00"}, "morning"), ({"at": "12:00"}, "afternoon"), ({"part": "morning", "at": "15:00"}, "morning")],
)
def test_free_times_are_asked_for(wish: dict[str, Any], part: str) -> None:
    """In the part of the day that was said, or that the hour is in."""
    name, arguments = called(step({"intent": "slots", "day": "2026-03-05", **wish}))
    assert (name, f'"part":"{part}"' in arguments, "2026-03-05" in arguments) == ("find_slots", True, True)


def test_free_times_are_offered() -> None:
    """As others only where the one asked for is not among them; or none are."""
    offered = '{"service":"oil_change","slots":["2026-03-05T09:00"]}'
    assert str(step({"begins": "2026-03-05T09:00"}, ("find_slots", offered))).startswith("For oil_change")
    assert str(step({"begins": "2026-03-05T10:00"}, ("find_slots", offered))).startswith("That time is not free")
    assert "Thursday 5 March" in str(step({}, ("find_slots", offered)))
    assert "no free time" in str(step({}, ("find_slots", '{"service":"oil_change","slots":[]}')))


def test_which_visit_is_meant() -> None:
    """By its number, its service, or, to cancel, its day; with its plate where it has one."""
    other = {**VISIT, "number": 4, "begins": "2026-03-06T09:00", "registration": ""}
    both = msgspec.json.encode({"open": [VISIT, other], "past": []}).decode()
    asked = str(step({"intent": "cancel"}, ("list_appointments", both)))
    assert "Which appointment" in asked
    assert "(ABC123)" in asked
    for wish, number in (({"appointment": 3}, 3), ({"day": "2026-03-06"}, 4)):
        piece = step({"intent": "cancel", **wish}, ("list_appointments", both))
        assert called(piece) == ("cancel_appointment", f'{{"appointment":{number}}}')
