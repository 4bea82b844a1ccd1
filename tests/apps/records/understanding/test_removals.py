"""An organ that was taken out, in plain words."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.removals import removals_named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("¿Le sacaron la próstata?", "¿prostatectomía?"),
        ("did they take out his appendix", "did they appendectomy"),
        ("When was her spleen removed?", "When was her splenectomy?"),
        ("did they take his gallbladder out", "did they cholecystectomy"),
        ("le han quitado el seno", "mastectomía"),
        ("did they take out his stomach tube", "did they take out his stomach tube"),
        ("were colon polyps removed", "were colon polyps removed"),
        ("le sacaron sangre", "le sacaron sangre"),
        ("¿Quién lo operó de la próstata?", "¿Quién lo prostatectomía?"),
        ("who operated on his gallbladder", "who cholecystectomy"),
        ("When was the subdermal implant taken out?", "When was the removal of contraceptive implant?"),
        ("¿Le retiraron el DIU?", "¿retiro de diu?"),
        (
            "was his gallbladder taken out before or after the appendix?",
            "was his cholecystectomy before or after appendectomy?",
        ),
        ("¿le sacaron la vesícula antes que el apéndice?", "¿colecistectomía antes que  de la apendicectomía ?"),
        ("lo operaron del riñón", "lo operaron del riñón"),
    ],
)
def test_what_was_taken_out_is_named_as_the_operation(text: str, named: str) -> None:
    """An organ that was taken out is its operation; a tube or a polyp of it is not."""
    assert removals_named(text, fold_letters(text)) == named
