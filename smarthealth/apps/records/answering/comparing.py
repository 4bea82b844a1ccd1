"""One value set against that of another time: yes or no where that is asked, and both values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from smarthealth.apps.records.understanding.question import Anchor, Ask, Compared, Operation, Order, Pick, Toward
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.words import set_of

from .computing import direction_of
from .entries import Entry
from .facts import Fact
from .findings import Finding
from .material import Material, item_for, make_finding

_HIGHER_IS_BETTER = set_of(
    "left-ventricular-ejection-fraction glomerular-filtration-rate creatinine-clearance high-density-lipoprotein-cholesterol "
    "oxygen-saturation forced-expiratory-volume peak-expiratory-flow vitamin-d-level bone-density"
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
    ids = {concept.id for concept in concepts}
    if compared == "which" or not ids or not (ids <= _HIGHER_IS_BETTER or ids <= _LOWER_IS_BETTER):
        return None
    return "up" if (compared == "better") == (ids <= _HIGHER_IS_BETTER) else "down"


def of_one_time(ask: Ask) -> tuple[Ask, Ask]:
    """The asks for each of the two values that are compared."""
    return _value_of(ask), _value_of(attrs.evolve(ask, period=ask.against))


def _value_of(ask: Ask) -> Ask:
    after = isinstance(ask.period, Anchor) and ask.period.relation == "after"
    pick = Pick(order=Order.FIRST if after else Order.LATEST)
    return attrs.evolve(ask, operation=Operation.VALUE, against=None, compared=None, pick=pick)


def compare(material: Material, first: Entry, second: Entry) -> Finding:
    """Report the value of one time against that of another."""
    compared = material.ask.compared or "which"
    fact = Fact(
        say="compare", detail=direction_of(second, first), toward=toward_of(compared, material.topic.concepts), total=2
    )
    items = [item_for(material, first), item_for(material, second)]
    return make_finding(attrs.evolve(material, period=None), fact, [first, second], items)
