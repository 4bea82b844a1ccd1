from pathlib import Path

import pytest

from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.emergency.advice import Advice
from smarthealth.apps.doctor.emergency.detector import Detector
from smarthealth.apps.doctor.emergency.learning.classifier import Classifier
from smarthealth.apps.doctor.emergency.learning.weights import load_weights
from smarthealth.apps.doctor.emergency.loading import load_detector
from smarthealth.apps.doctor.emergency.rules import Rule, load_rules
from smarthealth.apps.doctor.emergency.sight import Sight
from smarthealth.apps.doctor.evaluation.labelled import read_labelled
from smarthealth.apps.doctor.profile import Medication, PatientProfile
from smarthealth.apps.doctor.results import TriageResult
from smarthealth.retrieval.language import Language

NOBODY = PatientProfile()
RULES_TABLE = load_rules()
RULES = RULES_TABLE.rules
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def detector() -> Detector:
    """All rules, with Colombia's numbers."""
    return load_detector("CO")


def ids(detector: Detector, message: str, profile: PatientProfile = NOBODY, earlier: tuple[str, ...] = ()) -> list[str]:
    """The rules that hold."""
    return [rule.id for rule in detector.held(message, profile, earlier)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_holds_in_its_own_examples(detector: Detector, rule: Rule) -> None:
    """Each positive example raises its own rule."""
    assert [message for message in rule.yes if rule.id not in ids(detector, message)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_nothing_raises_an_alarm_for_the_counterexamples(detector: Detector, rule: Rule) -> None:
    """No rule at all holds in a negative example."""
    assert {message: ids(detector, message) for message in rule.no if ids(detector, message)} == {}


@pytest.mark.parametrize("file", sorted(path.name for path in DATA.glob("*.tsv")))
def test_the_sets_of_development_stay_well_judged(detector: Detector, file: str) -> None:
    """What was reached once is not lost again."""
    messages = read_labelled(DATA / file)
    for lang in ("es", "en"):
        grave = [bool(ids(detector, one.text)) for one in messages if one.lang == lang and one.is_emergency]
        other = [bool(ids(detector, one.text)) for one in messages if one.lang == lang and not one.is_emergency]
        assert sum(grave) / len(grave) >= 0.95
        assert sum(other) / len(other) <= 0.1


@pytest.mark.parametrize("message", [rule.yes[0] for rule in RULES])
def test_letters_and_marks_do_not_matter(detector: Detector, message: str) -> None:
    """Case, accents, white space and signs change nothing."""
    expected = ids(detector, message)
    assert ids(detector, message.upper()) == expected
    assert ids(detector, f"  {message.replace(' ', '   ')} !!! \U0001f62d") == expected
    assert ids(detector, message.translate(str.maketrans("áéíóúñ", "aeioun"))) == expected


@pytest.mark.parametrize("harmless", ["Gracias por su ayuda.", "I live in Bogota. I like coffee.", "Tengo un gato."])
@pytest.mark.parametrize("message", [rule.yes[0] for rule in RULES])
def test_harmless_words_take_no_alarm_back(detector: Detector, message: str, harmless: str) -> None:
    """What stands beside an emergency does not hide it."""
    assert ids(detector, f"{message}. {harmless}")
    assert ids(detector, f"{harmless} {message}")


def test_earlier_messages_complete_a_sign(detector: Detector) -> None:
    """An age told before counts; an old sign alone raises nothing again."""
    assert ids(detector, "now she has 38.5", earlier=("my baby is 6 weeks old",)) == ["infection.infant-fever"]
    assert ids(detector, "thank you", earlier=("my chest hurts",)) == []
    assert ids(detector, "is there a pharmacy with a lot of pain killers", earlier=("my chest hurts",)) == []


def test_the_profile_completes_a_sign(detector: Detector) -> None:
    """Age, pregnancy, conditions and medicines of the profile count."""
    infant = PatientProfile(age_months=1)
    assert "infection.infant-fever" in ids(detector, "tiene fiebre de 38.4", infant)
    assert ids(detector, "tiene fiebre de 38.4") == []
    assert ids(detector, "estoy sangrando", PatientProfile(pregnant=True)) == ["pregnancy.danger-signs"]
    assert ids(detector, "tengo fiebre", PatientProfile(age=40)) == []
    assert ids(detector, "está muy somnoliento", PatientProfile(age=80)) == ["consciousness.drowsy"]
    thinned = PatientProfile(current_medications=(Medication(name="Warfarina"),))
    assert "bleeding.on-thinners" in ids(detector, "se golpeó la cabeza", thinned)
    assert "diabetes.sugar" in ids(detector, "está confundido y suda", PatientProfile(chronic_conditions=("diabetes",)))


def test_what_is_over_is_no_alarm_where_the_rule_says_so(detector: Detector) -> None:
    """A cleared throat is no emergency; chest pain an hour ago is one."""
    assert ids(detector, "se atragantó con pan, pero ya está bien") == []
    assert ids(detector, "me dolía el pecho hace una hora, ya se me pasó") == ["heart.chest-pain"]


def test_an_alarm_is_in_the_language_of_the_message(detector: Detector) -> None:
    """Texts follow the message, numbers follow the country."""
    spanish = detector("no puede respirar", NOBODY, ())
    english = detector("he can't breathe", PatientProfile(country="US"), ())
    assert spanish is not None
    assert english is not None
    assert spanish.severity == english.severity == "critical"
    assert spanish.contacts[0].number == "123"
    assert english.contacts[0].number == "911"
    assert "Llame ya al 123" in spanish.recommendation
    assert "Call 911 now" in english.recommendation
    assert detector("hola", NOBODY, ()) is None


def test_triage_may_raise_the_alarm_itself(detector: Detector) -> None:
    """Its reasons become the conditions."""
    triage = TriageResult(level="I", reasons=("not breathing",))
    alarm = detector.of_triage(Case(message="?", language="en", profile=NOBODY, triage=triage))
    assert (alarm.severity, alarm.conditions, alarm.rules) == ("critical", ("not breathing",), ("triage",))
    assert detector.of_triage(Case(message="?", language="es", profile=NOBODY)).conditions == ("posible emergencia",)


@pytest.mark.parametrize(
    ("before", "after"), [(0, 900), (900, 0), (150, 150), (235, 100), (100, 235), (0, 4000), (4000, 0)]
)
def test_a_long_message_is_read_whole(detector: Detector, before: int, after: int) -> None:
    """No length hides an emergency: at either end, in the middle, at the border of two pieces."""
    filler = "me gusta el café. "
    assert "breathing.distress" in ids(detector, f"{filler * before}no puede respirar. {filler * after}")


def test_one_dose_for_a_grown_person_is_none_for_a_child(detector: Detector) -> None:
    """Whose profile it is, or of whom was spoken before, counts."""
    assert not detector.raised("took 2 ibuprofen", NOBODY)
    assert detector.raised("took 2 ibuprofen", PatientProfile(age=3)) == ("poison.overdose",)
    assert detector.raised("took 2 ibuprofen", NOBODY, ["it is my 3 year old"]) == ("poison.overdose",)


GRAVE = (
    "se tomó lo que usamos para destapar la cañería",
    "le pegó el martillo en la sien y quedó todo atontado y babeando",
    "nan has gone the colour of putty and is dripping with sweat",
)
"""Emergencies that no rule is written for."""


@pytest.mark.parametrize("message", GRAVE)
def test_the_classifier_adds_an_alarm_where_no_rule_holds(detector: Detector, message: str) -> None:
    """It says in the alarm that it was it; a detector of rules alone is silent there."""
    assert detector.raised(message, NOBODY) == ("classifier",)
    assert Detector(load_rules(), Advice("CO"))(message, NOBODY, ()) is None


def test_a_rule_that_holds_is_named_and_not_the_classifier(detector: Detector) -> None:
    """The classifier takes nothing back and adds nothing to a rule."""
    assert "classifier" not in detector.raised("no puede respirar", NOBODY)
    assert detector.raised("gracias por todo", NOBODY) == ()


def test_the_middle_of_a_long_message_is_seen_by_the_classifier(detector: Detector) -> None:
    """As by the rules."""
    filler = "me gusta el café y el pan con queso. " * 80
    assert detector.raised(f"{filler}. {GRAVE[1]}. {filler}", NOBODY)


def test_a_message_is_judged_once_though_asked_about_twice() -> None:
    """When it comes and when its turn does; for somebody else it is judged anew."""
    asked: list[str] = []

    class Watched(Classifier):
        def category(self, sight: Sight, language: Language) -> str | None:
            asked.append(sight.words[0])
            return super().category(sight, language)

    detector = Detector(RULES_TABLE, Advice("CO"), Watched(load_weights()))
    for profile in (NOBODY, NOBODY, PatientProfile(age=70)):
        assert detector("itchy elbow", profile, ["good morning"]) is None
    assert asked == ["itchy", "itchy"]
