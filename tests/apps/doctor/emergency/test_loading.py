import pytest

from smarthealth.apps.doctor.emergency import files
from smarthealth.apps.doctor.emergency.loading import load_detector
from smarthealth.apps.doctor.profile import PatientProfile


def test_nothing_is_read_after_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emergency is told without a file, a model or a database."""
    detector = load_detector("CO")
    monkeypatch.setattr(files, "data_folder", lambda: pytest.fail("read a file"))
    assert detector("my oxygen is 84 and no puede respirar", PatientProfile(), ("hola",)) is not None
