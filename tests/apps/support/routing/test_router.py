"""The decision which specialist answers."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.model import load_model
from smarthealth.apps.support.routing.router import RULE, SURE, Router
from tests.apps.support.conftest import Fixed


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("What is the engine power?", "specs"),
        ("¿Cuánto aceite lleva el motor?", "specs"),
        ("how do I pair a phone with bluetooth", "specs"),
        ("¿cómo conecto el celular por bluetooth?", "specs"),
        ("my washing machine leaks", "none"),
        ("I'd like to book an oil change for tomorrow", "maintenance"),
        ("quiero cancelar mi cita del viernes", "maintenance"),
        ("my brakes make a grinding noise", "troubleshooting"),
        ("el carro no prende", "troubleshooting"),
        ("let me talk to a human", "human"),
        ("páseme con un asesor", "human"),
        ("who won the world cup", "none"),
        ("hola", "none"),
        ("What is the wheelbase? And book me an oil change for friday.", "mixed"),
    ],
)
def test_plain_wishes_go_where_they_belong(message: str, label: Label) -> None:
    """With the shipped model, surely."""
    route = Router(load_model()).route(message)
    assert (route.label, route.is_unsure) == (label, False)


def test_rules_go_before_the_model() -> None:
    """Danger is a fault, unless its meaning is asked; a person is a person."""
    router = Router(Fixed("none", 0.9))
    assert router.route("there is smoke under the bonnet").label == "troubleshooting"
    assert router.route("what does smoke mean").label == "none"
    assert router.route("transfer me to a colleague").confidence == RULE


def test_who_is_unsure_says_so() -> None:
    """Below one half."""
    assert Router(Fixed("specs", SURE - 0.01)).route("hm").is_unsure
    assert not Router(Fixed("specs", SURE)).route("hm").is_unsure


def test_answers_belong_to_what_was_asked() -> None:
    """Where the specialist reads them as such, or the model judges so; a person is always to be had."""
    short = Router(Fixed("none", 0.9, {"invoice": "human", "oil": "specs", "book": "maintenance"}))
    assert short.route("yes", busy_with="maintenance", is_reply=True).label == "maintenance"
    assert short.route("blue", busy_with="maintenance").label == "none"
    assert short.route("invoice", busy_with="maintenance", is_reply=True).label == "human"
    assert short.route("book it", busy_with="maintenance").label == "maintenance"
    assert short.route("which oil", busy_with="maintenance", is_reply=True).label == "specs"
    unsure = Router(Fixed("specs", 0.6))
    assert unsure.route("the second", busy_with="maintenance", is_reply=True).label == "maintenance"
    assert unsure.route("the second " * 9, busy_with="maintenance", is_reply=True).label == "specs"


def test_parts_that_are_not_sure_make_no_mix() -> None:
    """And what is said besides goes with its neighbour."""
    router = Router(Fixed("none", 0.9, {"oil": "specs", "book": "maintenance"}))
    route = router.route("which oil is it please? thank you very much. book me a visit now.")
    assert [(part.label, part.text) for part in route.parts] == [
        ("specs", "which oil is it please? thank you very much."),
        ("maintenance", "book me a visit now."),
    ]
    assert router.route("hello there my friend. book me a visit now.").label == "maintenance"
    assert router.route("which oil is it please? which oil is it now?").label == "specs"
    two = router.route("book oil and filter please? book me a visit now.", busy_with="maintenance")
    assert two.label in ("mixed", "specs")
