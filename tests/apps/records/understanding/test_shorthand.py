"""How clinicians write in haste."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.shorthand import written_out

KNOWN = frozenset({"alegres", "consulto"})


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("pq la hospitalizaron", "por que la hospitalizaron"),
        ("cdo le dx la HTA", "cuando le dx la HTA"),
        ("ult. creat", "ultimo creat"),
        ("tto p/ DM", "tto para  DM"),
        ("abx w/o dates", "antibiotics without  dates"),
        ("wt in 2021", "weight in 2021"),
        ("leucos", "leucocitos"),
        ("vitamina D 25-OH", "25-hydroxyvitamin D"),
        ("25-OH vitamin D", "25-hydroxyvitamin D"),
        ("alegias?", "alergias?"),
        ("medicamnetos", "medicamentos"),
        ("alegres", "alegres"),
        ("Alegias", "Alegias"),
        ("penicilina", "penicilina"),
        ("q le paso", "que le paso"),
    ],
)
def test_what_is_short_is_written_out(text: str, whole: str) -> None:
    """Short forms in full, words for kinds of entry with the letter that they lack; what is known is left alone."""
    assert written_out(text, KNOWN) == whole
