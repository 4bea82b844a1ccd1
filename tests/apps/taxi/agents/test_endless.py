"""No caller is asked for ever: whoever answers whatever comes to a taxi, or to a person, within a few messages."""

from __future__ import annotations

import pytest
from trio.testing import MockClock

from tests.apps.taxi.conftest import Connect, World

ENOUGH = 14
"""Messages in which every caller is through."""
FIRST = (
    "hola",
    "necesito un taxi",
    "al barrio Villa Carolina",
    "un taxi a Galapa",
    "carrera 46 con 76, al lado del Éxito",
)
ANSWERS = (
    "sí",
    "no",
    "listo, confirme",
    "correcto",
    "no sé",
    "Villa Carolina",
    "Centro de Soledad",
    "Centro de Puerto Colombia",
    "Galapa",
    "El Porvenir",
    "calle 72",
    "72 con 46",
    "carrera 53 # 75-10",
    "efectivo",
    "no tengo efectivo",
    "qué",
    "mmm bla bla",
)
DONE = ("Resumen:", "enviado", "asesor")


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("answer", ANSWERS)
async def test_one_answer_to_everything(
    first: str, answer: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Ends in a summary or a person, and until then no words are said more than twice in a row."""
    async with connect() as client:
        said = [one.text for one in await client.talk(first, *[answer] * ENOUGH)]
    done = [at for at, text in enumerate(said) if any(word in text for word in DONE)]
    assert done, said
    asked = [text.rsplit("¿")[-1] for text in said[: done[0]]]
    assert all(len(set(asked[at : at + 3])) > 1 for at in range(len(asked) - 2)), said
