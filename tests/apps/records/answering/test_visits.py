"""What the note of one visit says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.apps.records.answering.conftest import Add, Ask

EMERGENCY = """Chief complaint: Palpitations since midnight.
Assessment: Probably triggered by stimulants.
Plan: Cardiology consulted. Avoid energy drinks."""
LAST = """Subjective: He sleeps in a recliner.
Plan: Added ipratropium. Return in six weeks."""


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("What did he complain of in the emergency room?", "Palpitations"),
        ("What was added at the last visit?", "ipratropium"),
        ("¿Cuál fue el plan de la nota de urgencias?", "Cardiology"),
        ("What drinks should be avoided after the first visit?", None),
        ("What did he complain of at discharge?", None),
        ("What was added in the visit of 2001?", None),
        ("What was removed in the dermatology visit?", None),
        ("What colour was the car in the last visit?", None),
        ("What was added at the visit before the tonsillectomy?", None),
        ("In the last visit, where does he sleep? In a recliner?", "recliner"),
    ],
)
async def test_the_note_of_the_visit_is_quoted(add: Add, ask: Ask, question: str, quoted: str | None) -> None:
    """The sentence that a word of asking stands for, or that holds the rest; of another visit nothing."""
    await add("document", "Emergency department note", body=EMERGENCY, started_on="2019-08-08")
    await add("document", "Progress note", body=LAST, started_on="2023-03-03")
    await add("encounter", "Emergency room admission", category="emergency", started_on="2019-08-08")
    notes = [
        item.note or "" for fact in await ask(question) if fact.say in ("mentioned", "note") for item in fact.items
    ]
    assert any(quoted in note for note in notes) if quoted else not any("ipratropium" in note for note in notes)


async def test_a_visit_without_a_note_tells_nothing_more(add: Add, ask: Ask) -> None:
    """Then there is what the entries say."""
    await add("encounter", "Emergency room admission", category="emergency", started_on="2019-08-08")
    assert (await ask("What was added at the last visit?"))[0].say == "list"
    assert (await ask("¿Tiene gota?"))[0].say == "absent"
