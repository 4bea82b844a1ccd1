"""The coefficients of the confidence, as data.

How they were obtained: a logistic regression was fitted to 5,400 answers of the offline model on development patients, part
of them with words and concepts taken from its vocabulary at random, as questions that it does not understand would do;
then rounded. Weights that such answers cannot tell (an invented number, a mark that points nowhere, a search without
vectors) were set by hand, so that each costs what it should. `smarthealth evaluate calibration` fits them
anew to the answers of the model in use, `smarthealth evaluate records` measures the result.

Then they were fitted once more, held to those, to the answers to 370 questions that somebody else had worded about twelve
patients, and both intercepts lowered by 0.5: those questions had been looked at while the reading was improved, and new
wordings are answered rightly less often.
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
    intercept=-6.38,
    weights={
        "certainty": 1.52,
        "match": 1.34,
        "verified": 3.72,
        "cited": 0.72,
        "vectors": 0.72,
        "dangling": -2.0,
        "inherited": -0.07,
        "several": -0.26,
        "absent": -0.37,
        "accounted": 0.37,
        "passage": 0.11,
        "narrowed": -0.41,
    },
)
"""Of an answer that says something of the record."""

ABSTENTION = Coefficients(
    intercept=-1.02,
    weights={
        "certainty": 0.2,
        "refused": 2.54,
        "absent_known": 1.81,
        "narrowed": -2.2,
        "vectors": 0.78,
        "nearby": -1.35,
        "accounted": 0.04,
    },
)
"""Of an answer that says that the record does not hold it."""
