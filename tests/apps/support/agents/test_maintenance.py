"""The specialist for appointments."""

from __future__ import annotations

from datetime import datetime, time

from smarthealth.apps.support.agents.maintenance import is_reply, prepare
from smarthealth.apps.support.agents.prompts import read_prompt
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.maintenance.tools import Counter
from smarthealth.apps.support.maintenance.wishes import Wish
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import SessionState
from tests.apps.support.conftest import Books

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")


async def nobody() -> Counter:
    """No tool is called here."""
    raise AssertionError


def asked(books: Books, text: str, state: SessionState | None = None) -> Work:
    """One message to the specialist."""
    case = Case(caller=CALLER, message=text, language="en", state=state or SessionState())
    return prepare(case, Part(label="maintenance", text=text, confidence=1.0), books.workshop(), nobody)


async def test_a_wish_is_read_and_remembered(books: Books) -> None:
    """By the workshop's own clock; the model is told what rules read."""
    work = asked(books, "book an oil change for tomorrow at 10:00, plate KLM482")
    assert work.request is not None
    facts = read_prompt(work.request).facts
    assert facts["now"] == "2026-03-04T10:00"
    assert (facts["wish"]["begins"], facts["wish"]["service"]) == ("2026-03-05T10:00", "oil_change")
    assert {one["code"] for one in facts["services"]} >= {"oil_change", "inspection"}
    assert (work.state.busy_with, work.state.wish.at) == ("maintenance", time(10))
    later = asked(books, "at 11:00 rather", work.state)
    assert (later.state.wish.service, later.state.wish.at) == ("oil_change", time(11))
    assert asked(books, "at 11:00 rather").state.wish.service is None


async def test_what_is_done_at_once_or_declined_is_not_remembered(books: Books) -> None:
    """A list, prices, a no."""
    for text in ("which appointments do I have", "how much is an alignment"):
        assert asked(books, text).state.busy_with is None
    open_wish = asked(books, "book an oil change").state
    assert asked(books, "no", open_wish).state == SessionState(busy_with=None)


async def test_tools_change_where_the_session_stands(books: Books) -> None:
    """What was offered may be chosen; what is done is done; a tool that failed changes nothing."""
    work = asked(books, "when can I come for an oil change")
    assert work.heard is not None
    state = work.heard("find_slots", True, {"slots": ["2026-03-05T08:00"]})
    assert state.wish.offered == (datetime(2026, 3, 5, 8),)
    assert state.wish.intent is not None
    assert work.heard("book_appointment", False, "taken") == state
    assert work.heard("list_prices", True, {}) == state
    done = work.heard("book_appointment", True, {})
    assert (done.busy_with, done.wish) == (None, Wish())


async def test_a_reply_adds_to_the_wish(books: Books) -> None:
    """A day does, a colour does not."""
    state = asked(books, "book an oil change").state
    assert is_reply("on friday", state, books.workshop())
    assert not is_reply("blue", state, books.workshop())
