"""Makes the detector ready."""

from __future__ import annotations

from smarthealth.apps.doctor.profile import PatientProfile

from .advice import Advice
from .detector import Detector
from .learning.classifier import Classifier
from .learning.weights import load_weights
from .rules import load_rules


def load_detector(default_country: str) -> Detector:
    """Read all rules and texts; afterwards nothing is read any more.

    Args:
        default_country: ISO 3166-1 alpha-2; whose numbers are given when a profile names no country.

    Raises:
        ValueError: The data of the package is malformed.
    """
    detector = Detector(load_rules(), Advice(default_country), Classifier(load_weights()))
    detector("chest pain, not now", PatientProfile(), ())
    return detector
