"""What a message can be for."""

from __future__ import annotations

from typing import get_args

from smarthealth.apps.support.routing.classes import CLASSES, MIXED, Label


def test_the_model_s_classes_and_mixed_are_all() -> None:
    """A label is a class of the model, or several."""
    assert {*CLASSES, MIXED} == set(get_args(Label))
