"""The specialist for appointments: what was wanted by rules, what is done by tools, what is said by the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import attrs

from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.maintenance.tools import Counter
from smarthealth.apps.support.maintenance.wishes import NO_WISH, Wish, adds_to, asks_other_price, read_wish
from smarthealth.apps.support.maintenance.workshop import Workshop
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import SessionState

from .prompts import build_request

NAME: Final = "maintenance"
ACTED: Final = 0.97
"""How likely what rows say is held to answer what was asked, once the specialist is the right one; chosen, not measured."""
_ENDS: Final = frozenset({"book_appointment", "move_appointment", "cancel_appointment"})


def is_reply(message: str, state: SessionState, workshop: Workshop) -> bool:
    """Whether a message may go on with the wish that is open: it tells when, what, which one, yes or no."""
    return adds_to(message, state.wish, workshop.today, workshop.plan)


def prepare(case: Case, part: Part, workshop: Workshop, counter: Callable[[], Awaitable[Counter]]) -> Work:
    """Read the wish and let the model act on it.

    Args:
        case: The message's case.
        part: What was said about appointments.
        workshop: Where.
        counter: For whom the tools act.
    """
    before = case.state.wish if case.state.busy_with == NAME else NO_WISH
    wish = read_wish(part.text, before, workshop.today, workshop.plan)
    facts = {
        "now": workshop.local(workshop.now()).strftime("%Y-%m-%dT%H:%M"),
        "weekday": workshop.today.strftime("%A"),
        "wish": _plain(wish),
        "other_price": asks_other_price(part.text, wish),
        "services": [
            {
                "code": one.code,
                "name_en": one.name_en,
                "name_es": one.name_es,
                "minutes": one.minutes,
                "price": str(one.price),
            }
            for one in workshop.plan.services
        ],
    }
    state = _pending(case.state, wish)

    def heard(tool: str, success: bool, result: Any) -> SessionState:
        nonlocal state
        state = _after_tool(state, tool, success=success, result=result)
        return state

    return Work(
        part=part,
        agent=NAME,
        request=build_request(NAME, case, part.text, facts),
        counter=counter,
        grounding=ACTED,
        state=state,
        heard=heard,
    )


def _plain(wish: Wish) -> dict[str, object]:
    return {
        "intent": wish.intent,
        "service": wish.service,
        "day": None if wish.day is None else wish.day.isoformat(),
        "last_day": None if wish.last_day is None else wish.last_day.isoformat(),
        "at": None if wish.at is None else wish.at.strftime("%H:%M"),
        "begins": None if wish.begins is None or wish.last_day else wish.begins.strftime("%Y-%m-%dT%H:%M"),
        "part": wish.part,
        "registration": wish.plate,
        "appointment": wish.appointment,
        "declined": wish.declined,
    }


def _pending(state: SessionState, wish: Wish) -> SessionState:
    """A wish that is not yet done is remembered; lists and prices are done at once."""
    if wish.declined or wish.intent in (None, "list", "prices"):
        return attrs.evolve(state, busy_with=None, wish=Wish(), unsure=0)
    return attrs.evolve(state, busy_with=NAME, wish=attrs.evolve(wish, offered=()), unsure=0)


def _after_tool(state: SessionState, tool: str, *, success: bool, result: Any) -> SessionState:
    if success and tool in _ENDS:
        return attrs.evolve(state, busy_with=None, wish=Wish())
    if success and tool == "find_slots":
        offered = tuple(datetime.fromisoformat(start) for start in result["slots"])
        wish = attrs.evolve(state.wish, offered=offered, intent=state.wish.intent or "book")
        return attrs.evolve(state, busy_with=NAME, wish=wish)
    return state
