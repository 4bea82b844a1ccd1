"""What the rules say of a message and a profile: how urgent, about what, and which advice would harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import attrs
import pytest

from smarthealth.apps.doctor.agents.rules import Judgement, judge, stands_alone
from smarthealth.apps.doctor.case import Case, Passage, Said
from smarthealth.apps.doctor.profile import Allergies, Medication, PatientProfile
from smarthealth.retrieval.language import language_of

NOBODY: Final = PatientProfile()
PREGNANT: Final = PatientProfile(pregnant=True)


def judged(message: str, profile: PatientProfile = NOBODY, **more: Any) -> Judgement:
    """The rules' judgement of one message."""
    return judge(Case(message=message, language=language_of(message, "en"), profile=profile, **more))


def takes(*names: str, **more: Any) -> PatientProfile:
    """Somebody who takes medicines."""
    return PatientProfile(current_medications=tuple(Medication(name=name) for name in names), **more)


def has(*names: str, **more: Any) -> PatientProfile:
    """Somebody with chronic conditions."""
    return PatientProfile(chronic_conditions=names, **more)


def does_not_bear(*names: str) -> PatientProfile:
    """Somebody with allergies to medicines."""
    return PatientProfile(allergies=Allergies(drug=names))


CASES: Final = [
    # how long it lasts
    ("I have a cough for 2 days", NOBODY, "cough", "IV", ""),
    ("I have a persistent cough for 4 weeks", NOBODY, "cough", "III", ""),
    ("tengo tos hace un mes", NOBODY, "cough", "III", ""),
    ("tengo tos hace tres días", NOBODY, "cough", "IV", ""),
    ("tengo fiebre hace 5 días", NOBODY, "fever-adult", "III", ""),
    ("no puedo dormir hace un mes", NOBODY, "insomnia", "IV", ""),
    ("no puedo dormir desde ayer", NOBODY, "insomnia", "V", ""),
    ("I can't sleep", NOBODY, "insomnia", "V", ""),
    ("me duele la rodilla hace 2 meses", NOBODY, "knee-pain", "IV", ""),
    ("sinusitis for 12 days", NOBODY, "sinusitis", "IV", ""),
    ("mouth ulcer for 4 weeks", NOBODY, "mouth-ulcers", "III", ""),
    ("tengo acidez hace un mes", NOBODY, "heartburn-reflux", "IV", ""),
    # how old who is ill is
    ("mi bebé de 2 meses tiene fiebre", NOBODY, "fever-child", "II", "aspirina"),
    ("my 2 month old has a fever", NOBODY, "fever-child", "II", "aspirin"),
    ("mi hijo de 3 años tiene fiebre", NOBODY, "fever-child", "IV", "aspirina"),
    ("fever since yesterday", PatientProfile(age=5), "fever-child", "IV", "aspirin"),
    ("my 4 month old has a fever", NOBODY, "fever-child", "III", ""),
    ("tengo 70 años y tengo fiebre", NOBODY, "fever-adult", "III", ""),
    ("I have a fever", PatientProfile(age=70), "fever-adult", "III", ""),
    ("I have a fever", PatientProfile(age=30), "fever-adult", "IV", ""),
    ("mi bebé de 4 meses tiene tos", NOBODY, "cough", "III", "miel"),
    ("my son is 3 years old and has a cough", PatientProfile(age=35), "cough", "IV", ""),
    ("my newborn has pink eye", NOBODY, "conjunctivitis", "II", ""),
    ("burned my finger", PatientProfile(age=3), "burns-minor", "II", ""),
    ("me queme", PatientProfile(age=30), "burns-minor", "IV", ""),
    ("I am 70 and dizzy", NOBODY, "dizziness", "III", ""),
    ("my ear hurts", PatientProfile(age_months=18), "ear-ache", "III", "aspirin"),
    ("dolor de pecho", PatientProfile(age=20), "chest-discomfort-mild", "II", ""),
    # pregnancy, of the profile or of the message
    ("me duele la cabeza", PREGNANT, "headache", "III", ""),
    ("me duele la cabeza y veo luces", PREGNANT, "headache", "II", ""),
    ("estoy de 30 semanas y me duele la cabeza", NOBODY, "headache", "III", ""),
    ("no estoy embarazada, me duele la cabeza", NOBODY, "headache", "V", ""),
    ("burning urination", PREGNANT, "urinary-infection", "II", ""),
    ("me arde al orinar", NOBODY, "urinary-infection", "IV", ""),
    ("I have acne", PREGNANT, "acne", "V", "retinoids"),
    ("tengo acné", PREGNANT, "acne", "V", "retinoides"),
    ("back pain", PREGNANT, "back-pain", "V", "ibuprofen"),
    ("my knee hurts", PREGNANT, "knee-pain", "V", "ibuprofen"),
    ("tengo la presión alta", PREGNANT, "blood-pressure-high", "II", ""),
    ("itching of the hands", PREGNANT, "itching", "III", ""),
    ("vaginal itching", PREGNANT, "vaginal-discharge", "III", "thrush"),
    ("vómito", PREGNANT, "nausea-and-vomiting", "III", "embarazo"),
    # conditions
    ("tengo tos", has("asma"), "cough", "III", ""),
    ("tengo tos y soy diabético", NOBODY, "cough", "IV", ""),
    ("I have a cough", has("COPD"), "cough", "III", ""),
    ("I have a cough", has("hypertension"), "cough", "IV", "blood pressure"),
    ("me duele la cabeza", has("úlcera gástrica"), "headache", "V", "ibuprofeno"),
    ("I have hay fever", has("glaucoma"), "allergies-hay-fever", "V", "decongestants"),
    ("tengo vómito", has("diabetes"), "nausea-and-vomiting", "II", ""),
    ("I have a fever", has("chemotherapy"), "fever-adult", "II", ""),
    ("tengo fiebre", has("trasplante de riñón"), "fever-adult", "II", ""),
    ("palpitations", has("atrial fibrillation"), "palpitations", "II", ""),
    ("me duele la muela", has("VIH"), "toothache", "II", ""),
    ("tengo estreñimiento", has("insuficiencia renal"), "constipation", "V", "magnesio"),
    ("me dan migrañas", has("infarto"), "migraine", "IV", "triptanes"),
    ("gout", has("kidney disease"), "gout", "III", "anti-inflammatory"),
    ("cut my hand", has("diabetes"), "cuts-and-wounds", "III", ""),
    # medicines
    ("headache", takes("warfarin"), "headache", "V", "blood thinner"),
    ("me sangra la nariz", takes("Xarelto"), "bleeding-nose", "II", "anticoagulante"),
    ("me sangra la nariz", NOBODY, "bleeding-nose", "V", ""),
    ("migraña", takes("Yasmin"), "migraine", "IV", "planificar"),
    ("high blood sugar", takes("insulin"), "blood-sugar", "III", "Never stop insulin"),
    ("acidez", takes("naproxeno"), "heartburn-reflux", "V", "sangrar"),
    ("dizzy", takes("losartan"), "dizziness", "IV", "lowers the blood pressure"),
    ("presión alta", takes("losartán", pregnant=True), "blood-pressure-high", "II", "dañar al bebé"),
    ("mouth ulcer", takes("methotrexate"), "mouth-ulcers", "III", "methotrexate"),
    ("joint pain", takes("ciprofloxacin"), "joint-pain", "IV", "tendon"),
    ("plan b", takes("carbamazepine"), "contraception-missed", "III", "weaken hormones"),
    ("can i take ibuprofen, side effects", takes("lithium"), "medicines-and-interactions", "V", "lithium"),
    # allergies
    ("me duele la garganta", does_not_bear("penicilina"), "sore-throat", "V", "penicilina"),
    ("earache", does_not_bear("amoxicillin"), "ear-ache", "V", "penicillin"),
    ("infección urinaria", does_not_bear("Bactrim"), "urinary-infection", "IV", "sulfas"),
    ("quemadura", does_not_bear("sulfas"), "burns-minor", "IV", "sulfas"),
    ("I have asthma and am allergic to aspirin", NOBODY, "asthma-attack-mild", "III", "do not take them"),
    ("colico menstrual", does_not_bear("ibuprofeno"), "menstrual-pain", "V", "naproxeno"),
    # words
    ("I cough up blood", NOBODY, "cough", "II", ""),
    ("my cough is bad and I am coughing up blood", NOBODY, "cough", "II", ""),
    ("dolor de espalda y se me sale la orina", NOBODY, "back-pain", "II", ""),
    ("fiebre, mi niña de 1 año no toma nada", NOBODY, "fever-child", "III", ""),
    ("tengo dengue y me sangran las encías", NOBODY, "dengue-and-fever-in-tropics", "II", ""),
    ("me mordió un perro", NOBODY, "bites-and-stings", "II", ""),
    ("se me rompió el condón anoche, se rompio el condon", NOBODY, "contraception-missed", "III", ""),
    ("tengo fiebre de 39,8", NOBODY, "fever-adult", "III", ""),
    ("fever of 103 F", NOBODY, "fever-adult", "IV", ""),
    # what is denied
    ("no tengo fiebre, me duele la garganta", NOBODY, "sore-throat", "V", ""),
    ("I don't have a fever but I have a cough", NOBODY, "cough", "IV", ""),
    ("no tengo tos ni fiebre pero me duele la muela", NOBODY, "toothache", "III", ""),
    ("back pain, no fever", NOBODY, "back-pain", "V", ""),
]  # fmt: skip


@pytest.mark.parametrize(("message", "profile", "article", "level", "caution"), CASES)
def test_who_says_what(message: str, profile: PatientProfile, article: str, level: str, caution: str) -> None:
    """The level, the main complaint and the caution of a message from a person."""
    judgement = judged(message, profile)
    assert judgement.articles[0].id == article
    assert (judgement.triage.level, judgement.triage.reasons) == (level, judgement.triage.reasons)
    assert caution in " ".join(judgement.cautions)


@pytest.mark.parametrize(
    ("message", "profile", "unsaid"),
    [
        ("me duele la garganta", NOBODY, "penicilina"),
        ("I have acne", NOBODY, "retinoids"),
        ("headache", NOBODY, "blood thinner"),
        ("tengo tos", PatientProfile(age=30), "miel"),
    ],
)
def test_cautions_are_for_whom_they_concern(message: str, profile: PatientProfile, unsaid: str) -> None:
    """Who has told of nothing hears no caution."""
    assert unsaid not in " ".join(judged(message, profile).cautions)


def test_a_question_in_general_is_information() -> None:
    """Nobody is said to be ill."""
    judgement = judged("what is a migraine?")
    assert judgement.triage.level == "INFO"
    assert [article.id for article in judgement.articles] == ["migraine"]


def test_what_nobody_knows_is_not_called_harmless() -> None:
    """A complaint without an article has a level of its own, and no reasons."""
    judgement = judged("I feel weird")
    assert judgement.articles == ()
    assert (judgement.triage.level, judgement.triage.reasons) == ("IV", ())


def test_what_was_said_before_goes_on() -> None:
    """A later message without a complaint, or an age, is about the earlier one's."""
    said = ("me duele la muela", "mi bebé de 2 meses tiene tos")
    history = tuple(Said(message=message, answer="", at=datetime(2026, 1, 1, tzinfo=UTC)) for message in said)
    judgement = judged("y qué le doy", history=history)
    assert [article.id for article in judgement.articles] == ["cough"]
    assert judgement.reading.years == pytest.approx(2 / 12)
    assert "miel" in " ".join(judgement.cautions)


def test_another_complaint_is_not_taken_for_the_one_before() -> None:
    """Nothing is known of it, and that is said; what was said before is no answer to it."""
    history = (Said(message="me duele la muela", answer="", at=datetime(2026, 1, 1, tzinfo=UTC)),)
    judgement = judged("tengo un bulto en el cuello", history=history)
    assert (judgement.articles, judgement.triage.level) == ((), "IV")


@pytest.mark.parametrize(
    ("message", "alone"), [("me duele la muela", False), ("y desde cuándo", False), ("me zumban los oídos", True)]
)
def test_only_an_unknown_complaint_stands_alone(message: str, *, alone: bool) -> None:
    """What an article tells of may have to do with what was said before."""
    assert stands_alone(Case(message=message, language="es", profile=NOBODY)) is alone


PASSAGE: Final = Passage(
    article="gout", section="about", title="Gout", heading="", text="", language="en", source="", url="", score=0.9
)


@pytest.mark.parametrize(("change", "found"), [({}, ["gout"]), ({"score": 0.5}, []), ({"article": "gone"}, [])])
def test_search_says_what_it_is_about_when_names_do_not(change: Mapping[str, Any], found: list[str]) -> None:
    """Only a passage that fits well, of an article that is there."""
    judgement = judged("my foot is on fire", sources=(attrs.evolve(PASSAGE, **change),))
    assert [article.id for article in judgement.articles] == found


def test_causes_follow_what_the_message_speaks_for() -> None:
    """Among what is as likely, clues come first; what the message speaks for is at least possible."""
    case = Case(message="I have a cough at night and shortness of breath", language="en", profile=NOBODY)
    names = [cause.name for _, cause in judge(case).causes(case)]
    assert names[1] == "asthma"
    assert names.index("pneumonia or another infection of the lungs") < len(names) - 1


def test_two_complaints_at_most_are_followed() -> None:
    """More would bury what matters."""
    assert len(judged("cough, fever, headache and back pain").articles) == 2


def test_the_longest_name_wins() -> None:
    """A name within another one's does not count, and ages decide between two articles."""
    assert [one.id for one in judged("I have pink eye").articles] == ["conjunctivitis"]
    assert [one.id for one in judged("mi hija de 2 años tiene fiebre").articles] == ["fever-child"]
