"""Finds an emergency in what a person writes, without any model: rules as data, each with its source and examples."""

from .detector import Detector
from .loading import load_detector

__all__ = ["Detector", "load_detector"]
