"""Of which measurements more, or less, is taken for better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.words import set_of

from .question import Compared, Toward

_HIGHER_IS_BETTER = set_of(
    "left-ventricular-ejection-fraction glomerular-filtration-rate creatinine-clearance high-density-lipoprotein-cholesterol "
    "oxygen-saturation forced-expiratory-volume fev1-fvc peak-expiratory-flow vitamin-d-level bone-density"
)
_LOWER_IS_BETTER = set_of(
    "hemoglobin-a1c low-density-lipoprotein-cholesterol triglycerides total-cholesterol creatinine natriuretic-peptide "
    "c-reactive-protein prostate-specific-antigen uric-acid blood-pressure systolic-blood-pressure diastolic-blood-pressure pain-severity "
    "hiv-viral-load glucose"
)
"""Measurements of which more, or less, is taken for better wherever they are measured; of others nothing is said."""
_PLAIN: Mapping[Compared, Toward] = {"up": "up", "down": "down"}


def toward_of(compared: Compared, concepts: Sequence[Concept]) -> Toward | None:
    """Which way the first value must lie for the answer to be yes; None where the record cannot tell."""
    if compared in _PLAIN:
        return _PLAIN[compared]
    ids = {concept.id for concept in concepts if "observation" in concept.kinds}
    if compared == "which" or not ids or not (ids <= _HIGHER_IS_BETTER or ids <= _LOWER_IS_BETTER):
        return None
    return "up" if (compared == "better") == (ids <= _HIGHER_IS_BETTER) else "down"
