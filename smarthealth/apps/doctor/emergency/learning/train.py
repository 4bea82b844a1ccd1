"""Learns from the examples and writes `weights.npz` and `metrics.json`: `python -m smarthealth.apps.doctor.emergency.learning.train`.

The threshold of a language is set where the classifier, on lines that it has not learned from, takes no more than `FALSE_ALARMS` of
what is no emergency for one. The figures come from the same lines; the rules' own are of lines that they were not written for, where
the line does not come from a set of development.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from smarthealth.apps.doctor.emergency.holding import held_rules
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import look

from .corpus import LANGUAGES, MIXED, Example, load_examples
from .features import SIZE, vectors
from .fitting import Floats, Rows, fit, fit_head
from .weights import FILE, Weights

SEED: Final = 4
FOLDS: Final = 5
FALSE_ALARMS: Final = {"es": 0.03, "en": 0.05}
"""Share of what is no emergency; Spanish is stricter, since there it misses less than it errs."""
_PENALTY, _HEAD_PENALTY = 4e-6, 1e-4
_HERE: Final = Path(__file__).parent
Flags = NDArray[np.bool_]


def train(examples: Sequence[Example], holds: Callable[[str], bool]) -> tuple[Weights, dict[str, Any]]:
    """Learn from examples.

    Args:
        examples: All of them.
        holds: Whether a rule holds in a message; for the figures of both together.

    Returns:
        The weights, and by language what they are worth on lines not learned from.
    """
    rows = Rows.of([next(vectors(look(load_rules(), one.text))) for one in examples])
    grave = np.array([one.is_emergency for one in examples])
    weights = np.array([one.weight for one in examples])
    unseen = cross_validate(rows, grave, weights, np.array([one.group for one in examples]))
    ruled = np.array([holds(one.text) for one in examples])
    thresholds: dict[str, float] = {}
    figures: dict[str, Any] = {}
    for language in LANGUAGES:
        of_it = np.array([one.language == language for one in examples])
        thresholds[language] = float(np.quantile(unseen[of_it & ~grave], 1 - FALSE_ALARMS[language]))
        alarms = unseen > thresholds[language]
        figures[language] = {
            "lines": len({one.group for one in examples if one.language == language}),
            "messages": int(of_it.sum()),
            "threshold": round(thresholds[language], 3),
            "classifier": shares(alarms[of_it], grave[of_it]),
            "rules": shares(ruled[of_it], grave[of_it]),
            "both": shares((alarms | ruled)[of_it], grave[of_it]),
        }
    plain, bias = fit(rows, grave.astype(float), weights, _PENALTY)
    chosen = np.array([place for place, one in enumerate(examples) if one.is_emergency and one.category != MIXED])
    categories = sorted({examples[place].category for place in chosen})
    kinds = np.array([categories.index(examples[place].category) for place in chosen])
    head = fit_head(rows.take(chosen), kinds, weights[chosen], _HEAD_PENALTY, len(categories))
    learned = Weights(
        plain=plain[:SIZE].astype(np.float32),
        bias=bias,
        head=head.astype(np.float32),
        categories=categories,
        thresholds=thresholds,
    )
    return learned, figures


def cross_validate(rows: Rows, grave: Flags, weights: Floats, groups: NDArray[np.int64]) -> Floats:
    """For each row its score by weights that have seen no row of its group."""
    order = np.random.default_rng(SEED).permutation(int(groups.max()) + 1)
    folds = order[groups] % FOLDS
    scores = np.zeros(len(groups))
    for fold in range(FOLDS):
        learned, judged = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        plain, bias = fit(rows.take(learned), grave[learned].astype(float), weights[learned], _PENALTY)
        scores[judged] = rows.take(judged).scores(plain) + bias
    return scores


def shares(alarms: Flags, grave: Flags) -> dict[str, float]:
    """Sensitivity and specificity."""
    return {
        "sensitivity": round(float(alarms[grave].mean()), 3),
        "specificity": round(float(1 - alarms[~grave].mean()), 3),
    }


def main(folder: Path = _HERE) -> None:
    """Learn from all examples and write what was learned to a folder."""
    rules = load_rules()
    learned, figures = train(
        load_examples(SEED), lambda text: bool(held_rules(rules, [look(rules, text)], frozenset()))
    )
    (folder / FILE).write_bytes(learned.encode())
    written = json.dumps(figures, indent=2) + "\n"
    (folder / "metrics.json").write_text(written, encoding="utf-8")
    sys.stdout.write(written)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
