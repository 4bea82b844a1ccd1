"""The decision which specialist answers."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.model import load_model
from smarthealth.apps.support.routing.router import RULE, SURE, Router
from smarthealth.apps.support.troubleshooting.trees import find_tree
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
        ("how often is the oil changed", "specs"),
        ("voy a cambiarle yo mismo el aceite y el filtro al 1.5, ¿cuánto le echo?", "specs"),
        ("quiero cambiar el filtro del polen yo mismo, ¿dónde está?", "specs"),
        ("¿cuánto tiempo quedan prendidas las luces cuando cierro el carro?", "specs"),
        ("se me prende un termómetro azul al arrancar", "specs"),
        ("change my oil on Friday", "maintenance"),
        ("what does an oil change cost", "maintenance"),
        ("¿cada cuánto se cambia el aceite?", "specs"),
        ("cámbieme el aceite el viernes", "maintenance"),
        ("¿cuánto cuesta el cambio de aceite?", "maintenance"),
        ("what does the lamp with the horseshoe mean", "specs"),
        ("se prendió una llave inglesa amarilla, ¿qué significa?", "specs"),
        ("which number do I call for roadside assistance", "specs"),
        ("I want somebody to call me", "human"),
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


@pytest.mark.parametrize(
    "message",
    [
        "I lost my brakes!",
        "my brakes went to the floor",
        "the brakes aren't working",
        "nothing happens when I press the brake",
        "me quedé sin frenos",
        "perdí los frenos en la bajada",
        "se me fue el pedal",
        "los frenos no responden",
        "there is a strong smell of petrol inside",
        "fuel is dripping under the car",
        "huele fuertísimo a gasolina",
        "hay una fuga de combustible",
        "smoke comes out of the dashboard",
        "se me trabó la dirección",
    ],
)
def test_danger_is_a_fault_that_is_warned_of(message: str) -> None:
    """Whatever the model takes it for; its question tree has the warning."""
    assert Router(Fixed("specs", 0.99)).route(message).label == "troubleshooting"
    tree = find_tree(message)
    assert tree is not None
    assert tree.warning


def test_who_is_unsure_says_so() -> None:
    """Below one half."""
    assert Router(Fixed("specs", SURE - 0.01)).route("hm").is_unsure
    assert not Router(Fixed("specs", SURE)).route("hm").is_unsure


@pytest.mark.parametrize(
    ("message", "is_unsure"),
    [("about my car", True), ("una pregunta sobre el carro", True), ("the brakes of my car", False), ("hm", False)],
)
def test_a_message_that_names_nothing_is_asked_about(message: str, is_unsure: bool) -> None:
    """However sure the model is; a greeting, or a wish for a person, needs to name nothing."""
    assert Router(Fixed("specs", 0.9)).route(message).is_unsure is is_unsure
    assert not Router(Fixed("none", 0.9)).route(message).is_unsure


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


BY_WORD = Fixed(
    "none",
    0.9,
    {"fuse": "specs", "weigh": "specs", "silent": "troubleshooting", "squeal": "troubleshooting", "late": "maintenance", "cancel": "maintenance"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("The radio is silent. Which fuse is it?", "specs"),
        ("The radio is silent and it was dark. Which fuse is it?", "specs"),
        ("I am late with that. Which fuse is it?", "specs"),
        ('It says "Fuse check" and is silent. What now?', "troubleshooting"),
        ("My brakes squeal in the rain. What do the pads weigh?", "troubleshooting"),
        ("The radio is silent, and which fuse is for the horn?", "mixed"),
        ("cancel friday. Which fuse is it?", "mixed"),
        ("which fuse is it? The radio is silent.", "mixed"),
        ("radio fuse. It is silent.", "mixed"),
    ],
)
def test_a_situation_and_its_question_are_one(message: str, label: Label) -> None:
    """What is asked besides, or a request, is another thing; of a dangerous situation is warned."""
    assert Router(BY_WORD).route(message).label == label


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
