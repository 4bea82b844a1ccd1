import pytest

from smarthealth.apps.doctor.emergency.advice import Advice
from smarthealth.apps.doctor.emergency.rules import load_rules


@pytest.mark.parametrize(
    ("country", "kinds", "numbers"),
    [
        (None, [], ["123"]),
        ("CO", ["crisis"], ["123", "106", "192"]),
        ("es", ["crisis"], ["112", "024"]),
        ("US", ["crisis", "poison"], ["911", "988", "1-800-222-1222"]),
        ("CO", ["poison"], ["123", "01 8000 916012"]),
        ("AR", ["crisis"], ["911", "135", "0800-999-0091"]),
        ("GB", ["crisis"], ["999", "116 123", "111"]),
        ("ZZ", ["crisis"], ["112"]),
    ],
)
def test_numbers_follow_the_country(country: str | None, kinds: list[str], numbers: list[str]) -> None:
    """The emergency number stands first, always."""
    assert [contact.number for contact in Advice("CO").contacts(kinds, "es", country)] == numbers


def test_every_condition_is_said_in_both_languages() -> None:
    """Name, recommendation and advice; without a placeholder left over."""
    advice = Advice("CO")
    for rule in load_rules().rules:
        for language in ("es", "en"):
            alarm = advice.alarm([rule], language, None)
            assert alarm.severity == rule.severity
            assert alarm.rules == (rule.id,)
            assert alarm.conditions[0] in alarm.recommendation or rule.condition == "suicide"
            assert alarm.recommendation in alarm.advice
            assert "{" not in alarm.advice


def test_despair_is_met_with_care_and_a_line_for_it() -> None:
    """Never refused coldly; where no line is known, the emergency number."""
    rule = load_rules().of_id("mind.suicide")
    assert "988" in Advice("US").alarm([rule], "en", None).recommendation
    assert "Gracias por contarlo" in Advice("CO").alarm([rule], "es", None).recommendation
    assert "112" in Advice("CO").alarm([rule], "es", "ZZ").recommendation


def test_reasons_of_triage_become_conditions() -> None:
    """Four at most; where there are none, the general name."""
    alarm = Advice("CO").of_reasons(("a", "b", "c", "d", "e"), "en", "US")
    assert (alarm.severity, alarm.conditions, alarm.rules) == ("critical", ("a", "b", "c", "d"), ("triage",))
    assert Advice("CO").of_reasons((), "en", None).conditions == ("possible emergency",)
    assert "other" in Advice("CO").conditions()


def test_what_the_classifier_takes_a_message_for_has_an_advice() -> None:
    """As a rule would give it, and the audit says that it was the classifier."""
    alarm = Advice("CO").of_category("poison", "es", None)
    assert (alarm.severity, alarm.rules) == ("high", ("classifier",))
    assert alarm.conditions[0] in alarm.recommendation
    assert [contact.number for contact in alarm.contacts] == ["123", "01 8000 916012"]
    assert "106" in Advice("CO").of_category("suicide", "en", None).recommendation
