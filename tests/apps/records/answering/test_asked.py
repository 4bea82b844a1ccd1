"""Whether what was found is what was asked for."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.asked import asks_for_amount, asks_for_another
from smarthealth.apps.records.answering.facts import Fact, Item

BARE = Fact(say="exists")
VALUE = Fact(say="value")


def quote(note: str | None) -> Fact:
    """A sentence of a note."""
    return Fact(say="mentioned", items=(Item(note=note),))


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("¿Cuánto sangró en la cirugía?", BARE, True),
        ("¿Cuánto sangró en la cirugía?", quote("Sangrado escaso."), True),
        ("¿Cuánto sangró en la cirugía?", quote(None), True),
        ("How much blood did he lose?", quote("Blood loss 250 mL."), False),
        ("How long did he sleep?", quote("Sleeps five hours."), False),
        ("How much is the LDL?", VALUE, False),
        ("¿Por qué se cayó?", BARE, True),
        ("Why did she fall?", quote("She fell at home."), True),
        ("Why did she fall?", quote("She fell because of the rug."), False),
        ("What did the CT show?", BARE, True),
        ("What did the CT show?", quote("A nodule."), False),
        ("Does she have asthma?", BARE, False),
    ],
)
def test_an_amount_a_cause_and_a_finding_are_told_by_such(text: str, fact: Fact, expected: bool) -> None:
    """That something is there tells none of them; a sentence does where it holds a number, or a word of causes."""
    assert asks_for_another(text, [fact]) is expected


def test_an_amount_is_asked_for_by_its_words() -> None:
    """How much, how many, how large; when is none."""
    assert asks_for_amount("¿De qué tamaño era?")
    assert not asks_for_amount("¿Cuándo fue?")


def test_nothing_found_is_nothing_else() -> None:
    """Where there is no fact, none is beside the point."""
    assert not asks_for_another("Why?", [])
