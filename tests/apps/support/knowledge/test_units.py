"""What can be found on its own."""

from __future__ import annotations

from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.units import point_of, units_of

TEXT = "The bottle holds 450 ml. It is kept in the boot. The hose of it is red. Sealant keeps for 4 years. Do not drink it ever."


def source(text: str, kind: str = "text", asked: tuple[tuple[str, ...], ...] = ()) -> Source:
    """A passage."""
    return Source(id="m#1", file="m.md", title="Car", section="Kit", kind=kind, text=text, asked=asked)


def test_each_thing_that_a_text_is_asked_for_is_found_on_its_own() -> None:
    """With the sentences that say it; a feature counts by how many of its questions have it."""
    first, second = units_of(
        source(TEXT, asked=(("how big is the bottle", "bottle size"), ("how old may the sealant be",)))
    )
    assert first.point.startswith("The bottle holds")
    assert "Sealant keeps" in second.point
    assert first.asked["~botl"] == 2
    assert second.asked["~botl"] == 0


def test_a_row_is_found_by_its_name_and_heading() -> None:
    """And a text that nobody asked for by its words."""
    (row,) = units_of(source("Bottle; Figure: 450 ml", "row", (("how big",),)))
    assert "~botl" in row.name
    assert "~kit" in row.heading
    assert row.features >= row.text | row.heading | {"~big"}
    (text,) = units_of(source(TEXT))
    assert (text.point, text.asked) == ("", {})


def test_the_point_is_what_tells_of_the_question() -> None:
    """What every sentence tells counts less."""
    assert "Sealant" in point_of(TEXT, {"~sealant": 1.0})
    assert "red" in point_of("It is it and it. " * 3 + "It is a red thing.", {"~it": 1.0, "~red": 1.0})
