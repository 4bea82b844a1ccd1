"""The coefficients of the confidence, as data.

How they were obtained: a logistic regression was fitted to 5,400 answers of the offline model on development patients, part
of them with words and concepts taken from its vocabulary at random, as questions that it does not understand would do;
then rounded. Weights that such answers cannot tell (an invented number, a mark that points nowhere, a search without
vectors) were set by hand, so that each costs what it should. `smarthealth evaluate calibration` fits them
anew to the answers of the model in use, `smarthealth evaluate records` measures the result.
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
    intercept=-5.6,
    weights={
        "certainty": 1.6,
        "match": 1.6,
        "verified": 4.0,
        "cited": 1.0,
        "vectors": 1.0,
        "dangling": -2.0,
        "inherited": -0.4,
        "several": -0.2,
        "absent": -0.4,
    },
)
"""Of an answer that says something of the record."""

ABSTENTION = Coefficients(
    intercept=-0.3,
    weights={"certainty": 0.3, "refused": 3.0, "absent_known": 2.4, "narrowed": -2.2, "vectors": 1.0},
)
"""Of an answer that says that the record does not hold it."""
