"""Measures how well emergencies are told from other messages, on any labelled file."""

from .emergencies import Report, evaluate_doctor

__all__ = ["Report", "evaluate_doctor"]
