"""What a source says, in a sentence or two."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.agents.phrases import PHRASES
from smarthealth.apps.support.agents.quoting import LONGEST_TABLE, row_told, table_told, told
from smarthealth.apps.support.knowledge.sentences import LONGEST

OIL = "Figure | 1.5 T | Hybrid\nCapacity with filter change | 4.7 litres | 4.2 litres\nGrade | 0W-20 | 0W-20"
LAMPS = "Light | Meaning | What to do\nESC, flashing | it works | the road is slippery"
GEARS = "Gear | MT6 | AT8\n6th | 0.65 | 1.00\n7th | - | 0.81"
TEXT = "Here is one of four. Here is two of four. Here is three of four. Here is four of four."
TYRES = "Tyre | Load | Front | Rear\nR16 | few | 2.3 | 2.2\nR16 | full | 2.5 | 2.8\nR17 | full | 2.5 | 2.9"
AXLES = "Measure | Front | Rear\nLegroom | 1,070 mm | 895 mm"


@pytest.mark.parametrize(
    ("row", "table", "question", "expected"),
    [
        ("Figure Grade; 1.5 T: 0W-20; Hybrid: 0W-20", OIL, "which oil", "Grade: 0W-20"),
        (
            "Figure Capacity with filter change; 1.5 T: 4.7 litres; Hybrid: 4.2 litres",
            OIL,
            "how much oil",
            "Capacity with filter change: 4.7 litres (1.5 T), 4.2 litres (Hybrid)",
        ),
        (
            "Figure Capacity with filter change; 1.5 T: 4.7 litres; Hybrid: 4.2 litres",
            OIL,
            "how much oil has the hybrid",
            "Capacity with filter change: 4.2 litres (Hybrid)",
        ),
        (
            "Light ESC, flashing; Meaning: it works; What to do: the road is slippery",
            LAMPS,
            "it blinks",
            "ESC, flashing: meaning: it works; what to do: the road is slippery",
        ),
        ("Gear 6th; MT6: 0.65; AT8: 1.00", GEARS, "with the manual gearbox", "Gear 6th: 0.65 (MT6)"),
        ("Gear 7th; AT8: 0.81", GEARS, "seventh with the manual gearbox", "Gear 7th: 0.81 (AT8)"),
        ("Measure Legroom; Front: 1,070 mm; Rear: 895 mm", AXLES, "room at the back", "Legroom: rear 895 mm"),
        (
            "Tyre R16; Load: full; Front: 2.5; Rear: 2.8",
            TYRES,
            "pressure at the back",
            "Tyre R16: load: full; rear 2.8",
        ),
        ("Rim", "Rim | Size\nRim |", "rim", "Rim"),
        ("Wheel; 16 in", "", "wheel", "Wheel: 16 in"),
    ],
)
def test_a_row_is_told_by_the_columns_asked_for(row: str, table: str, question: str, expected: str) -> None:
    """With what tells it from one that begins alike; by all where none is; what is the same in all versions once; a name that says little with its column's."""
    assert row_told(row, table, question, PHRASES["en"]) == expected


def test_a_row_is_told_in_spanish_where_every_word_is_known() -> None:
    """Its name beside the manual's own; a value of other words stands as it is."""
    row = "Figure Wheelbase; Figure: up to 2 litres"
    assert row_told(row, "Figure | Figure", "?", PHRASES["es"]) == "Distancia entre ejes (Wheelbase): hasta 2 litros"
    lamp = "Light ESC, flashing; Meaning: it works; What to do: the road is slippery"
    assert "significado: it works; qué hacer: the road" in row_told(lamp, LAMPS, "?", PHRASES["es"])


def test_a_table_is_told_row_by_row() -> None:
    """Of a long one the rows that the question names come first, and so many that they can be read."""
    assert table_told(AXLES, "?", PHRASES["en"]) == "Legroom: front 1,070 mm, rear 895 mm"
    assert table_told("Alone", "?", PHRASES["en"]) == "Alone"
    long = "\n".join(["Part | Kind", *(f"Thing {number} | {'x' * 60}" for number in range(40)), "Winch | blue"])
    text = table_told(long, "which winch", PHRASES["en"])
    assert "Winch: blue" not in text or len(text) <= LONGEST_TABLE + 100
    assert "Winch" in text
    assert table_told(f"A | B\nWide | {'x' * LONGEST_TABLE}", "?", PHRASES["en"]).startswith("Wide")


def test_running_text_is_told_to_the_point() -> None:
    """Where that is not known, from its beginning."""
    source = {"kind": "text", "section": "S", "text": TEXT}
    assert told({**source, "point": "It is four."}, "?", PHRASES["en"]) == "It is four"
    assert told(source, "?", PHRASES["en"]) == TEXT.rpartition(". Here")[0]
    assert len(told({**source, "text": "x" * 2 * LONGEST}, "?", PHRASES["en"])) == LONGEST


def test_a_row_is_told_with_its_heading() -> None:
    """The innermost."""
    source = {"kind": "row", "section": "Car › Wheels", "text": "Wheel; 16 in", "table": ""}
    assert told(source, "?", PHRASES["en"]) == "Wheel: 16 in (Wheels)"
    table = {"kind": "table", "section": "Car", "text": AXLES}
    assert told(table, "?", PHRASES["en"]).startswith("Legroom")
