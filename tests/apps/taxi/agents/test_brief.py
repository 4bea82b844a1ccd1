from __future__ import annotations

import pytest

from smarthealth.apps.taxi.agents.brief import Brief, make_brief, read_brief, write_brief
from smarthealth.apps.taxi.state import ThreadState
from tests.apps.taxi.agents.conftest import ORDER, a_service, state_of, work_of
from tests.apps.taxi.conftest import World


def brief_of(world: World, text: str, state: ThreadState) -> Brief:
    """The note of a message."""
    return make_brief(work_of(world, text, state), state.slots)


async def test_a_note_is_read_as_it_was_written(world: World) -> None:
    """With all that is in it."""
    state = state_of(*ORDER)
    work = work_of(world, "¿cuánto sería hasta Galapa?", state, (await a_service(world),))
    brief = make_brief(work, state.slots)
    assert read_brief(f"Instrucciones.\n{write_brief(brief)}") == brief
    assert (brief.supposed, brief.supposed_fare) == ("Galapa", "$29.500")
    assert [service.reference for service in brief.active] == ["BAQ-1"]
    assert (brief.order.fare, brief.order.fare_is_estimate, brief.had_destination) == ("$9.500", False, True)


def test_a_prompt_without_a_note() -> None:
    """Was not written here."""
    with pytest.raises(ValueError, match="without a note"):
        read_brief("Hola")


@pytest.mark.parametrize(
    ("before", "text", "lacks"),
    [
        ((), "al Prado", "address"),
        ((), "a la 72 con 46", "kind"),
        ((), "a la calle 72", "cross"),
        ((), "a la calle 72 # 43", "plate"),
        ((), "al aeropuerto", None),
        (("hola",), "43-25", "main"),
        (("al Prado",), "apto 5", "address"),
    ],
)
def test_what_an_address_lacks(before: tuple[str, ...], text: str, lacks: str | None, world: World) -> None:
    """Is asked for by name."""
    assert brief_of(world, text, state_of(*before)).order.lacks == lacks


@pytest.mark.parametrize(
    ("before", "text", "corrected"),
    [
        (("calle 72 # 43-25",), "El Prado", False),
        (("a Galapa, carrera 15 # 10-20",), "barrio las petronitas", False),
        (("al aeropuerto",), "no, mejor a la terminal", True),
        (("al aeropuerto", "nequi"), "mejor en efectivo", True),
        (("al aeropuerto", "nequi"), "efectivo", True),
        (("al aeropuerto", "nequi"), "aire", False),
        (("de Boston al aeropuerto",), "recógeme en Riomar", False),
    ],
)
def test_what_was_known_and_is_another_now(before: tuple[str, ...], text: str, corrected: bool, world: World) -> None:
    """Is a correction; saying more is none."""
    assert brief_of(world, text, state_of(*before)).corrected is corrected
