"""What is asked of a thing by a word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Add, Ask


@pytest.mark.parametrize(
    ("question", "say", "detail"),
    [
        ("¿De qué tamaño era el pólipo del colon?", "value", None),
        ("Ki-67 del tumor?", "lacking", "aspect"),
        ("¿De qué tamaño era el tumor?", "lacking", "aspect"),
        ("tamaño del pólipo del colon en 1990", "absent", None),
        ("¿De qué tamaño era la hernia?", "absent", None),
        ("Has his asthma worsened?", "lacking", "evolution"),
        ("¿Tiene asma?", "exists", None),
        ("Polyp size?", "value", None),
        ("lado del asma", "exists", None),
        ("Grade of the kidney disease?", "exists", None),
    ],
)
async def test_that_a_thing_is_there_is_no_answer_to_what_is_asked_of_it(
    add: Add, ask: Ask, question: str, say: str, detail: str | None
) -> None:
    """A measurement of it is; else it is said that the record does not tell it. What its name tells is told."""
    await add("condition", "Polyp of colon", status="active")
    await add("condition", "Malignant neoplasm of breast", status="active")
    await add("condition", "Asthma", status="active")
    await add("condition", "Chronic kidney disease stage 3", status="active")
    await add("observation", "Polyp size greatest dimension", value=7.4, unit="mm")
    fact = (await ask(question))[0]
    assert (fact.say, fact.detail) == (say, detail)
