"""Fits the coefficients of the confidence to how questions with known answers were answered.

The cases are those of the evaluation. Nearly all of them are answered rightly, which tells little about when to doubt; so a
share of them is asked once more with a word spoilt, as somebody would ask whose words the vocabulary lacks.

A logistic regression each for statements and for abstentions, drawn towards the coefficients in use: a feature that the
answers at hand cannot tell (no offline answer has a mark that points nowhere) keeps the weight that it has.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import attrs

from smarthealth.apps.records.answering.confidence import features, review
from smarthealth.apps.records.answering.confidence_coefficients import ABSTENTION, ANSWER, Coefficients
from smarthealth.apps.records.answering.evidence import Evidence
from smarthealth.llm.port import ChatModel, ChatRequest, TextDelta
from smarthealth.retrieval.glossary import load_glossary

from .cases import Case
from .score import Answer, judge

ROUNDS = 50
"""Steps of Newton's method; a dozen suffice."""
CLOSE_ENOUGH = 1e-9
_WORD = re.compile(r"[^\W\d_]{5,}")


@attrs.frozen(kw_only=True)
class Sample:
    """One answer, as the confidence sees it, and whether it was right."""

    features: Mapping[str, float]
    abstains: bool
    correct: bool


class Grounds(Protocol):
    """What an answer is made from: `answering.RecordsGrounds`."""

    @property
    def evidence(self) -> Evidence:
        """What the answer is held against."""
        ...

    @property
    def request(self) -> ChatRequest:
        """The prompt."""
        ...


def spoilt(cases: Sequence[Case], *, share: float, seed: int) -> list[Case]:
    """A share of the cases with one word of each question written backwards."""
    chance = random.Random(seed)
    found: list[Case] = []
    for case in cases:
        words = list(_WORD.finditer(case.question))
        if words and chance.random() < share:
            word = chance.choice(words)
            question = case.question[: word.start()] + word[0][::-1] + case.question[word.end() :]
            found.append(attrs.evolve(case, question=question))
    return found


async def observe(case: Case, grounds: Grounds, chat_model: ChatModel) -> Sample:
    """Let a model answer a case and take the answer for a sample.

    Raises:
        ModelError: The model failed.
    """
    async with chat_model.open_stream(grounds.request) as stream:
        text = "".join([event.text async for event in stream if isinstance(event, TextDelta)])
    reviewed = review(text, grounds.evidence)
    verdict = judge(case, Answer(text=text, confidence=reviewed.confidence, sources=()))
    return Sample(
        features=features(grounds.evidence, reviewed, text, load_glossary()),
        abstains=reviewed.abstains,
        correct=verdict.correct,
    )


def calibrate(samples: Sequence[Sample], *, hold: float) -> tuple[Coefficients, Coefficients]:
    """Coefficients for statements and for abstentions.

    Args:
        samples: Answers.
        hold: How many answers, about, it takes to move a weight away from the one in use.
    """
    return (
        fit([sample for sample in samples if not sample.abstains], ANSWER, hold=hold),
        fit([sample for sample in samples if sample.abstains], ABSTENTION, hold=hold),
    )


def fit(samples: Iterable[Sample], prior: Coefficients, *, hold: float) -> Coefficients:
    """The logistic regression over the prior's features that is most probable after the samples."""
    names = tuple(prior.weights)
    rows = [((1.0, *(sample.features[name] for name in names)), sample.correct) for sample in samples]
    before = [prior.intercept, *prior.weights.values()]
    weights = list(before)
    for _ in range(ROUNDS):
        step = _newton_step(rows, weights, before, hold)
        weights = [weight - part for weight, part in zip(weights, step, strict=True)]
        if max(map(abs, step)) < CLOSE_ENOUGH:
            break
    return Coefficients(
        intercept=round(weights[0], 2),
        weights={name: round(weight, 2) for name, weight in zip(names, weights[1:], strict=True)},
    )


def write_coefficients(name: str, coefficients: Coefficients) -> Iterator[str]:
    """Lines as they stand in `confidence_coefficients`."""
    yield f"{name} = Coefficients("
    yield f"    intercept={coefficients.intercept},"
    yield f"    weights={coefficients.weights},"
    yield ")"


def _newton_step(
    rows: Sequence[tuple[tuple[float, ...], bool]], weights: Sequence[float], before: Sequence[float], hold: float
) -> list[float]:
    size = len(weights)
    slope = [hold * (weight - old) for weight, old in zip(weights, before, strict=True)]
    bend = [[hold * (row == column) for column in range(size)] for row in range(size)]
    for values, correct in rows:
        guess = _logistic(sum(weight * value for weight, value in zip(weights, values, strict=True)))
        for row in range(size):
            slope[row] += (guess - correct) * values[row]
            for column in range(size):
                bend[row][column] += guess * (1 - guess) * values[row] * values[column]
    return _solved(bend, slope)


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _solved(matrix: list[list[float]], target: Sequence[float]) -> list[float]:
    """What a symmetric positive definite matrix takes to the target, by Gaussian elimination."""
    rows = [[*row, value] for row, value in zip(matrix, target, strict=True)]
    size = len(rows)
    for pivot in range(size):
        for row in range(pivot + 1, size):
            factor = rows[row][pivot] / rows[pivot][pivot]
            rows[row] = [
                value - factor * above if column >= pivot else 0.0
                for column, (value, above) in enumerate(zip(rows[row], rows[pivot], strict=True))
            ]
    found = [0.0] * size
    for row in reversed(range(size)):
        known = sum(rows[row][column] * found[column] for column in range(row + 1, size))
        found[row] = (rows[row][size] - known) / rows[row][row]
    return found
