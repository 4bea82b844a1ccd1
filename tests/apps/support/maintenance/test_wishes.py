"""What somebody wants of the workshop."""

from __future__ import annotations

from datetime import date, datetime, time

import attrs
import pytest

from smarthealth.apps.support.maintenance.wishes import NO_WISH, Wish, adds_to, asks_other_price, read_wish
from smarthealth.apps.support.maintenance.workshop import load_plan

TODAY = date(2026, 3, 4)
OFFERED = Wish(
    intent="book",
    service="oil_change",
    offered=(datetime(2026, 3, 5, 8, 0), datetime(2026, 3, 5, 10, 0), datetime(2026, 3, 5, 14, 0)),
)


def read(message: str, before: Wish = NO_WISH) -> Wish:
    """Read a wish."""
    return read_wish(message, before, TODAY, load_plan())


@pytest.mark.parametrize(
    ("message", "intent", "service"),
    [
        ("book an oil change", "book", "oil_change"),
        ("quiero agendar una revisión", "book", "inspection"),
        ("move my appointment to friday", "move", None),
        ("cancela mi cita", "cancel", None),
        ("what appointments do I have?", "list", None),
        ("how much is the brake fluid change?", "prices", "brake_fluid"),
        ("how long does an alignment take?", "prices", "alignment"),
        ("¿cuánto se demora el cambio de batería?", "prices", "battery"),
        ("sáqueme de la lista del lunes", "cancel", None),
        ("is there a free slot on friday?", "slots", None),
        ("hm", None, None),
        ("book an undercoil repair", "book", None),
    ],
)
def test_wishes_are_read(message: str, intent: str | None, service: str | None) -> None:
    """In both languages, the service by the clue that says most."""
    wish = read(message)
    assert (wish.intent, wish.service) == (intent, service)


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("2", datetime(2026, 3, 5, 10, 0)),
        ("9", None),
        ("the second one", datetime(2026, 3, 5, 10, 0)),
        ("the fifth one", None),
        ("at 14:00", datetime(2026, 3, 5, 14, 0)),
        ("at 11", None),
        ("tomorrow at 9", datetime(2026, 3, 5, 9, 0)),
        ("friday", None),
    ],
)
def test_offered_times_are_chosen(message: str, begins: datetime | None) -> None:
    """By number, place or hour; another day and hour go before."""
    wish = read(message, OFFERED)
    assert (wish.begins, wish.service) == (begins, "oil_change")


def test_a_wish_goes_on_until_another_begins() -> None:
    """Day, hour and plate are joined; a yes takes the only time that was offered; a no declines."""
    wish = read("book an oil change for ABC 123 on friday morning")
    assert (wish.day, wish.at, wish.part, wish.plate) == (date(2026, 3, 6), None, "morning", "ABC123")
    assert read("at 9", wish).begins == datetime(2026, 3, 6, 9, 0)
    one = attrs.evolve(OFFERED, offered=OFFERED.offered[:1])
    assert read("yes please", one).at == time(8)
    assert read("no", OFFERED).declined
    assert read("cancel appointment 12", OFFERED).appointment == 12
    assert read("are there free slots?", OFFERED).intent == "book"
    assert read("how much is it?", OFFERED).service is None


@pytest.mark.parametrize(
    ("message", "adds"),
    [
        ("yes", True),
        ("2", True),
        ("tomorrow", True),
        ("in the morning", True),
        ("oil", True),
        ("the last one", True),
        ("blue", False),
    ],
)
def test_what_adds_to_a_wish(message: str, adds: bool) -> None:
    """When, what, which one, yes or no."""
    assert adds_to(message, OFFERED, TODAY, load_plan()) is adds


@pytest.mark.parametrize(
    ("message", "is_other"),
    [
        ("how much is a new hybrid?", True),
        ("¿cuánto cuesta tapizar las sillas en cuero?", True),
        ("how long does a respray take?", True),
        ("how much is an oil change?", False),
        ("how much is it?", False),
        ("what are your prices?", False),
        ("¿qué servicios tienen y cuánto cuestan?", False),
        ("book me a respray on friday", False),
    ],
)
def test_what_the_workshop_does_not_do_has_no_price(message: str, is_other: bool) -> None:
    """What is named and is none of its services; who names nothing asks for all prices."""
    assert asks_other_price(message, read(message)) is is_other
