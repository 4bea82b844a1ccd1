"""Measures how well emergencies are told from other messages, on any labelled file."""

from .emergencies import Report, evaluate_doctor
from .labelled import LabelledFileError

__all__ = ["LabelledFileError", "Report", "evaluate_doctor"]
