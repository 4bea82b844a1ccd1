"""Question trees."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.maintenance.workshop import load_plan
from smarthealth.apps.support.troubleshooting.trees import (
    TreeError,
    find_tree,
    is_unsure,
    load_trees,
    read_answer,
    read_trees,
)

ONE = """
[a]
title_en = "A"
title_es = "A"
clues = ["a+b"]
manual = "a"
start = "q"
[a.node.q]
ask_en = "?"
ask_es = "?"
yes = "y"
no = "n"
[a.node.y]
advice_en = "."
advice_es = "."
[a.node.n]
advice_en = "."
advice_es = "."
"""


def test_the_shipped_trees_are_whole() -> None:
    """Each is found by its own title in both languages, warns where somebody may be hurt, and names services that there are."""
    services = {service.code for service in load_plan().services}
    for tree in load_trees().values():
        assert all(node.service in services or not node.service for node in tree.nodes.values())
    for fault in (
        "brakes_fail",
        "brake_noise",
        "steering",
        "smoke",
        "airbag",
        "overheating",
        "oil_pressure",
        "fuel_smell",
    ):
        assert load_trees()[fault].warning.keys() == {"en", "es"}


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "[a]\ntitle_en = 'A'",
        ONE.replace('no = "n"', 'no = "y"'),
        ONE.replace('no = "n"', 'no = "x"'),
        ONE.replace("[a.node.n]", "[a.node.m]").replace('no = "n"', 'no = "m"')
        + '[a.node.z]\nadvice_en="."\nadvice_es="."',
    ],
)
def test_a_broken_tree_is_refused(text: str) -> None:
    """One that lacks something, leads nowhere or in a circle, or has loose ends."""
    with pytest.raises(TreeError):
        read_trees(text)


def test_a_tree_is_read() -> None:
    """Its clues hold all their parts."""
    assert read_trees(ONE)["a"].clues == (("a", "b"),)


@pytest.mark.parametrize(
    ("complaint", "tree"),
    [
        ("my brakes squeal", "brake_noise"),
        ("el pedal se va al fondo", "brakes_fail"),
        ("sale humo del capó", "smoke"),
        ("it smells of petrol in the garage", "fuel_smell"),
        ("huele a gasolina", "fuel_smell"),
        ("perdí los frenos", "brakes_fail"),
        ("the car won't start", "no_start"),
        ("a musty smell comes from the vents", "musty"),
        ("a burning smell comes from the vents", "smoke"),
        ("a blue thermometer in the cluster", None),
        ("hello", None),
    ],
)
def test_complaints_find_their_tree(complaint: str, tree: str | None) -> None:
    """By the clues that say most."""
    found = find_tree(complaint)
    assert (found.id if found else None) == tree


@pytest.mark.parametrize(
    ("message", "answer"),
    [("Yes, it is", True), ("sí", True), ("No.", False), ("todavía no", False), ("I don't know", None), ("blue", None)],
)
def test_answers_are_read(message: str, answer: bool | None) -> None:
    """Yes, no, or neither."""
    assert read_answer(message) is answer
    assert is_unsure("no sé")
