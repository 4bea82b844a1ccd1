"""The coefficients of the confidence, as data.

How they were obtained: a logistic regression was fitted to 5,400 answers of the offline model on development patients, part
of them with words and concepts taken from its vocabulary at random, as questions that it does not understand would do;
then rounded. Weights that such answers cannot tell (an invented number, a mark that points nowhere, a search without
vectors) were set by hand, so that each costs what it should. `smarthealth evaluate calibration` fits them
anew to the answers of the model in use, `smarthealth evaluate records` measures the result.

Then they were fitted once more, held to those, to the answers to 370 questions that somebody else had worded about twelve
patients, and both intercepts lowered by 0.5: those questions had been looked at while the reading was improved, and new
wordings are answered rightly less often. Last, log odds were stretched by 1.8 around 1.0, since the surest answers were
right more often than was said, of those questions and of the derived ones.

`settled` and `unmet` came later: their weights are those of a fit to 900 answers to hand-written questions about nine patients, the
others being held.

The intercept of statements was then raised by 0.4: of 689 questions written for the purpose about ten made-up patients, and of
the derived ones, answers were right more often than was said in every tenth of the scale.
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
    intercept=-11.88,
    weights={
        "certainty": 2.74,
        "match": 2.41,
        "verified": 6.7,
        "cited": 1.3,
        "vectors": 1.3,
        "dangling": -3.6,
        "inherited": -0.13,
        "several": -0.47,
        "absent": -0.67,
        "accounted": 0.67,
        "passage": 0.2,
        "narrowed": -0.74,
        "unmet": -1.7,
    },
)
"""Of an answer that says something of the record."""

ABSTENTION = Coefficients(
    intercept=-2.64,
    weights={
        "certainty": 0.36,
        "refused": 4.57,
        "absent_known": 3.26,
        "narrowed": -3.96,
        "vectors": 1.4,
        "nearby": -2.43,
        "settled": 2.0,
        "accounted": 0.07,
    },
)
"""Of an answer that says that the record does not hold it."""
