"""The coefficients of the confidence, as data.

Set by hand so far, from the order in which the features matter on the development questions; `smarthealth evaluate records`
fits and prints better ones.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Coefficients:
    """A logistic regression over `confidence.features`."""

    intercept: float
    weights: Mapping[str, float]
    """Feature to weight; features left out weigh nothing."""


ANSWER = Coefficients(
    intercept=-5.2,
    weights={
        "certainty": 2.2,
        "match": 1.6,
        "verified": 2.4,
        "cited": 0.8,
        "vectors": 0.9,
        "dangling": -2.0,
        "inherited": -0.4,
        "several": -0.2,
        "absent": -0.8,
        "similarity": 0.2,
    },
)
"""Of an answer that says something of the record."""

ABSTENTION = Coefficients(
    intercept=-2.2,
    weights={"certainty": 2.4, "refused": 1.2, "absent_known": 1.2, "vectors": 1.2, "similarity": -0.4},
)
"""Of an answer that says that the record does not hold it."""
