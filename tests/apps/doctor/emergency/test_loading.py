import pytest

from smarthealth.apps.doctor.emergency import files
from smarthealth.apps.doctor.emergency.advice import Advice
from smarthealth.apps.doctor.emergency.detector import Detector
from smarthealth.apps.doctor.emergency.loading import load_detector
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.profile import PatientProfile


def test_nothing_is_read_after_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emergency is told without a file, a model or a database."""
    detector = load_detector("CO")
    monkeypatch.setattr(files, "data_folder", lambda: pytest.fail("read a file"))
    assert detector("my oxygen is 84 and no puede respirar", PatientProfile(), ("hola",)) is not None


def test_rules_alone_can_be_measured() -> None:
    """Where no rule holds the detector of rules is silent, and the other one may not be."""
    message = "a piece of beef is lodged and i can't even get my own spit down since lunch, help"
    nobody = PatientProfile()
    assert Detector(load_rules(), Advice("CO"))("hello there", nobody, ()) is None
    assert load_detector("CO")("hello there", nobody, ()) is None
    assert Detector(load_rules(), Advice("CO")).raised("he can't breathe", nobody) == load_detector("CO").raised(
        "he can't breathe", nobody
    )
    assert load_detector("CO")(message, nobody, ()) is not None
