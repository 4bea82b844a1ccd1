import pytest

from smarthealth.apps.doctor.emergency.context import Context
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.text import tokenize


def held(message: str) -> list[str]:
    """The words of the signs of one message that its context lets stand."""
    tokens = tokenize(message)
    signs = [
        sign
        for sign in load_rules().matcher.find(tokens)
        if sign.label in {"chest-pain", "cannot-breathe", "fit", "faint"}
    ]
    context = Context(message, tokens, signs)
    return sorted({sign.label for sign in signs if not context.excludes(sign)})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no tengo fiebre pero me duele el pecho", ["chest-pain"]),
        ("no chest pain", []),
        ("no fever, cough or chest pain", []),
        ("no fever, my chest hurts", ["chest-pain"]),
        ("no fever and my chest hurts", ["chest-pain"]),
        ("no sleep, chest pain", ["chest-pain"]),
        ("can't sleep because of chest pain", ["chest-pain"]),
        ("no one here knows about this chest pain", ["chest-pain"]),
        ("¿dolor de pecho? no", []),
        ("dolor de pecho, no", ["chest-pain"]),
        ("chest pain? no, but I fainted", ["faint"]),
        ("no gracias vecina chest pain", ["chest-pain"]),
        ("chest pain since yesterday and later I want information about flu", ["chest-pain"]),
        ("my chest pain started on Monday and I want information about flu", ["chest-pain"]),
        ("had chest pain in 2015", []),
        ("el año pasado, dolor de pecho", []),
        ("hace 3 semanas tuve dolor de pecho", []),
        ("hace 3 semanas me duele el pecho", ["chest-pain"]),
        ("had chest pain in 2015 and today I fainted", ["faint"]),
        ("chest pain and fainted last year", []),
        ("in my family chest pain is common", []),
        ("en mi familia hay dolor de pecho", []),
        ("si me diera dolor de pecho", []),
        ("siento como si tuviera una piedra en el pecho", ["chest-pain"]),
        ("what are the symptoms of chest pain", []),
        ("having a seizure symptoms", []),
        ("in the movie he has chest pain", []),
        ("in the movie he died. I have chest pain", ["chest-pain"]),
        ("can't breathe through my nose", []),
        ("what if I get chest pain right now, help", ["chest-pain"]),
    ],
)
def test_what_stands(message: str, expected: list[str]) -> None:
    """Denial, time, family, questions and fiction, each within its scope."""
    assert held(message) == expected


@pytest.mark.parametrize(
    ("message", "is_over"),
    [
        ("me desmayé, ya estoy bien", True),
        ("me desmayé", False),
        ("me desmayé, ya estoy bien pero volvió", False),
        ("I'm fine now. I fainted", False),
    ],
)
def test_what_is_over(message: str, is_over: bool) -> None:
    """Told after the sign, with nothing to the contrary after it."""
    tokens = tokenize(message)
    signs = [sign for sign in load_rules().matcher.find(tokens) if sign.label == "faint"]
    assert Context(message, tokens, signs).is_over(signs[0]) is is_over


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("my dog had a seizure", []),
        ("mi gato no puede respirar", []),
        ("hello, my cat fainted. my son fainted", ["faint"]),
        ("my dog had a seizure and so does my son", ["fit"]),
        ("chest pain, a dog", ["chest-pain"]),
        ("chest pain, in 2015", []),
        ("chest pain, in 2015 we moved to a house by the sea", ["chest-pain"]),
        ("chest pain, no", ["chest-pain"]),
        ("chest pain? no.", []),
        ("¿dolor de pecho? no", []),
        ("i tripped over the dog and my chest hurts", ["chest-pain"]),
        ("the man next door and his cat have chest pain", ["chest-pain"]),
    ],
)
def test_an_animal_is_no_patient_of_the_doctor(message: str, expected: list[str]) -> None:
    """Unless the sentence tells of a person, too, or begins with something else."""
    assert held(message) == expected
