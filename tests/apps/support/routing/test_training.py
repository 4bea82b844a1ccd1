"""How the model is made."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest

from smarthealth.apps.support.routing import training
from smarthealth.apps.support.routing.examples import Example
from smarthealth.apps.support.routing.model import read_model
from smarthealth.apps.support.routing.training import by_author, by_fact, matrix, surprise, train, write

EXAMPLES = [
    Example(text=text, label=label, language="en", line=line)  # type: ignore[arg-type] # a label by its name
    for line, (text, label) in enumerate(
        [
            ("engine power", "specs"),
            ("tyre pressure", "specs"),
            ("book tomorrow", "maintenance"),
            ("cancel my visit", "maintenance"),
            ("brakes squeal", "troubleshooting"),
            ("engine smokes", "troubleshooting"),
            ("a human please", "human"),
            ("talk to someone", "human"),
            ("hello", "none"),
            ("tell a joke", "none"),
            ("both of them", "mixed"),
        ]
    )
]


def test_the_same_examples_make_the_same_model() -> None:
    """And it knows them."""
    first, second = train(EXAMPLES, steps=40), train(EXAMPLES, steps=40)
    assert np.array_equal(first.weights, second.weights)
    for example in EXAMPLES[:-1]:
        probabilities = first.probabilities(example.text)
        assert max(probabilities, key=lambda label: probabilities[label]) == example.label


def test_the_temperature_comes_from_authors_who_were_held_back() -> None:
    """Where there are any; and each author is judged by a model that has not read them."""
    spoken = [
        attrs.evolve(example, author="ab"[number % 2])
        for number, example in enumerate([*EXAMPLES[:-1], *EXAMPLES[:-1]])
    ]
    patterns = [attrs.evolve(example, line=100 + example.line) for example in EXAMPLES]
    assert train([*spoken, *patterns], steps=20).temperature in training.TEMPERATURES
    shares = by_author([*spoken, *patterns], steps=40)
    assert list(shares) == ["a", "b"]
    assert min(shares.values()) > 0.9


def test_a_fact_is_judged_by_a_model_that_has_not_read_its_questions() -> None:
    """By the share of them that are taken for technical data."""
    asked = [
        attrs.evolve(EXAMPLES[0], text=text, line=line, fact=fact)
        for line, (fact, text) in enumerate(
            [("a", "engine power hp"), ("b", "tyre pressure bar"), ("b", "pressure")], 100
        )
    ]
    assert by_fact([*EXAMPLES, *asked], steps=40) == {"a": 1.0, "b": 1.0}


def test_sentences_of_one_line_weigh_less_each() -> None:
    """And every class the same."""
    alike = [attrs.evolve(EXAMPLES[0], line=1), attrs.evolve(EXAMPLES[1], line=1), EXAMPLES[2], EXAMPLES[5]]
    found = matrix([*alike, attrs.evolve(EXAMPLES[0], line=7)]).importance[:, 0]
    assert found[0] == found[1] < found[4]
    assert np.isclose(found[[0, 1, 4]].sum(), found[2])


def test_who_is_surely_wrong_is_surprised_most() -> None:
    """Surprise falls with the probability of what was wanted."""
    sums = np.array([[2.0, 0.0]], dtype=np.float32)
    assert surprise(sums, np.array([0])) < surprise(sums, np.array([1]))


def test_the_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the shipped one is read."""
    monkeypatch.setattr(training, "load_examples", lambda: EXAMPLES)
    monkeypatch.setattr(training, "STEPS", 2)
    model = write(tmp_path / "model.npz")
    assert read_model((tmp_path / "model.npz").read_bytes()).temperature == model.temperature
