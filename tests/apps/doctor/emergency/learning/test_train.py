"""Learning again."""

from __future__ import annotations

import json
import runpy
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from smarthealth.apps.doctor.emergency.learning import corpus, fitting
from smarthealth.apps.doctor.emergency.learning.classifier import Classifier
from smarthealth.apps.doctor.emergency.learning.corpus import load_examples
from smarthealth.apps.doctor.emergency.learning.train import SEED, shares, train
from smarthealth.apps.doctor.emergency.learning.weights import Weights, load_weights
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import look
from smarthealth.retrieval.language import Language

NAME = "smarthealth.apps.doctor.emergency.learning.train"


def test_shares_are_of_the_grave_and_of_the_others() -> None:
    """Two of two grave ones were heard; one of two others was."""
    alarms, grave = np.array([True, True, True, False]), np.array([True, True, False, False])
    assert shares(alarms, grave) == {"sensitivity": 1.0, "specificity": 0.5}


def test_the_package_holds_what_its_examples_teach() -> None:
    """Its figures are of as many lines as there are; its weights know the lines that they were learned from."""
    examples = load_examples(SEED)
    figures = json.loads((files("smarthealth.apps.doctor.emergency.learning") / "metrics.json").read_text())
    classifier = Classifier(load_weights())
    languages: tuple[Language, ...] = ("es", "en")
    for language in languages:
        of_it = [one for one in examples if one.language == language]
        assert figures[language]["lines"] == len({one.group for one in of_it})
        assert figures[language]["threshold"] == pytest.approx(load_weights().thresholds[language], abs=0.001)
        assert figures[language]["both"]["specificity"] >= 0.9
        some = of_it[::20]
        alarms = [classifier.category(look(load_rules(), one.text), language) is not None for one in some]
        known = shares(np.array(alarms), np.array([one.is_emergency for one in some]))
        assert known["sensitivity"] > 0.9
        assert known["specificity"] > 0.95


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends after a few steps."""
    monkeypatch.setattr(fitting, "_STEPS", 5)


@pytest.mark.usefixtures("hasty")
def test_the_same_examples_teach_the_same() -> None:
    """There is no chance in it, and some sense, on lines not learned from."""
    examples = [one for one in load_examples(1) if one.group % 40 == 0]
    first, figures = train(examples, lambda text: False)
    again, same = train(examples, lambda text: False)
    assert first.encode() == again.encode()
    assert figures == same
    for language in ("es", "en"):
        assert figures[language]["classifier"]["specificity"] >= 0.9
        assert figures[language]["both"] == figures[language]["classifier"]


@pytest.mark.usefixtures("hasty")
def test_what_is_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weights and figures, as the package holds them."""
    few = [one for one in load_examples(SEED) if one.group % 60 == 0]
    monkeypatch.setattr(corpus, "load_examples", lambda seed: few)
    monkeypatch.delitem(sys.modules, NAME)
    monkeypatch.setattr(sys, "argv", [NAME, str(tmp_path)])
    runpy.run_module(NAME, run_name="__main__")
    written = json.loads((tmp_path / "metrics.json").read_text())
    assert json.loads(capsys.readouterr().out) == written
    assert Weights.decode((tmp_path / "weights.npz").read_bytes()).thresholds.keys() == written.keys()
