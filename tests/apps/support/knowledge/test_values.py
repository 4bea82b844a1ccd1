"""Which kind of value is asked for, and which a passage holds."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.knowledge.values import KINDS, holds, kind_asked


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("how often is the oil changed", "interval"),
        ("cada cuánto se cambian los amortiguadores", "interval"),
        ("how much oil do I pour in", "litres"),
        ("¿cuánto líquido de frenos le echo?", "litres"),
        ("capacidad del tanque", "litres"),
        ("what does an oil change cost", None),
        ("what colour is the coolant", "colour"),
        ("¿qué líquido usa el freno?", "kind"),
        ("how long does the alarm sound", "time"),
        ("¿cuánto tiempo quedan prendidas las luces?", "time"),
        ("how many gears does it have", "count"),
        ("¿cuántas marchas tiene?", "count"),
        ("how many pixels has the camera", "pixels"),
        ("resolución en píxeles", "pixels"),
        ("torque of the wheel bolts", "torque"),
        ("how long are the wiper blades", None),
        ("where is the jack", None),
    ],
)
def test_a_question_asks_for_a_kind_of_value(question: str, kind: str | None) -> None:
    """By its words, in both languages; many ask for none in particular."""
    assert kind_asked(question) == kind


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Figure Capacity of the system; All versions: 0.9 litre", {"litres"}),
        ("Item Brake fluid; Interval: every 2 years", {"interval", "time"}),
        ("Joint Front suspension strut to knuckle; Torque: 90 N·m", {"torque"}),
        ("Figure Kind; All versions: iridium, M12", {"kind"}),
        ("The lights stay on for 30 seconds after locking.", {"time"}),
        ("Gear 7th; AT8: 0.81", set()),
        ("gearbox: 6-speed manual", {"count"}),
        ("Figure 80 to 120 km/h; 1.5 T AT8: 6.3 s", {"time"}),
        ("Reversing camera; What it does: picture with guide lines", set()),
        ("violet, down to -36 °C", {"colour", "kind", "degrees"}),
    ],
)
def test_a_passage_holds_values_of_some_kinds(text: str, kinds: set[str]) -> None:
    """As such values are printed; a ratio is no count."""
    looked_for = {"litres", "interval", "torque", "kind", "time", "count", "pixels", "colour", "degrees"}
    assert {kind for kind in KINDS if kind in looked_for and holds(text, kind)} == kinds
