import pytest

from smarthealth.apps.doctor.emergency.amounts import OVERDOSE, is_ordinary
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.text import tokenize


def tells_overdose(message: str) -> bool:
    """Whether the rules find a sign of it that is no ordinary amount."""
    tokens = tokenize(message)
    found = [sign for sign in load_rules().matcher.find(tokens) if sign.label == OVERDOSE]
    assert found, "the patterns meet any number"
    return not all(is_ordinary(tokens, sign) for sign in found)


@pytest.mark.parametrize(
    "message",
    [
        "I took 2 paracetamol",
        "took 2 tablets this morning",
        "me tomé 2 acetaminofén",
        "tomo 1 pastilla diaria",
        "me tomé 2 pastillas de ibuprofeno",
        "I took 500 mg of paracetamol",
        "tomé 1000 mg de acetaminofén",
        "tomo 20 mg de enalapril cada día",
    ],
)
def test_one_dose_is_no_overdose(message: str) -> None:
    """Of a common medicine, in pieces or milligrams."""
    assert not tells_overdose(message)


@pytest.mark.parametrize(
    "message",
    [
        "I took 20 paracetamol",
        "me tomé 20 pastillas",
        "I took 5000 mg of paracetamol",
        "tomo 400 mg de enalapril",
        "I took 200 mg of morphine",
        "took 10 or 12 paracetamol",
        "tomé 1/2 pastillas",
        "took too many paracetamol",
        "took 500 mg",
        "I took 2 pills of methadone",
        "me tomé 1 pastilla de morfina",
        "my 3 year old took 2 ibuprofen",
        "my baby took 2 pills",
        "la niña se tomó 1 pastilla",
    ],
)
def test_whatever_may_be_more_stays_an_alarm(message: str) -> None:
    """Greater amounts, medicines that are not known, and what says no number."""
    assert tells_overdose(message)
