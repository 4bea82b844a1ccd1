"""From entries to facts: one report for each operation.

Pure: what is asked, what was found and who the patient is go in; findings come out. Numbers are computed here, once, so that
neither a language model nor the composer has to count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from smarthealth.apps.records.understanding.question import Operation, Order, Pick, Status

from .chart import Found
from .computing import age_at, average, change, computed, duration, interval, normal, trend
from .entries import Entry
from .findings import Finding
from .listing import count, denied, ended, exists, list_entries, status, value, verification, when, whether
from .material import Material, absence
from .particulars import asked_of, attendance
from .picking import beyond, has_number


def report(material: Material) -> list[Finding]:
    """Report what was found, in the way that the operation asks for."""
    ask = material.ask
    if ask.threshold is not None:
        kept = beyond(material.entries, ask.threshold)
        material = attrs.evolve(material, found=Found(tuple(kept), len(kept)))
        if not kept:
            return [absence(material)]
    if ask.pick.order in (Order.HIGHEST, Order.LOWEST) and not any(has_number(entry) for entry in material.entries):
        # the least leukocytes during the chemotherapy are no least chemotherapy
        ask = attrs.evolve(ask, pick=Pick())
        material = attrs.evolve(material, ask=ask)
    denials = tuple(entry for entry in material.entries if _denies(entry))
    if denials:
        others = tuple(entry for entry in material.entries if entry not in denials)
        if not others:
            return [denied(attrs.evolve(material, found=Found(denials, len(denials))))]
        material = attrs.evolve(material, found=Found(others, material.found.total - len(denials)))
    if material.is_beside:
        return [exists(material)]
    if (
        ask.status is Status.ENDED
        and ask.operation in (Operation.WHEN, Operation.REASON)
        and material.topic.is_specific
    ):
        return ended(material)
    return _REPORTS[ask.operation](material)


def _denies(entry: Entry) -> bool:
    """Whether an entry says that there is none: `No known allergy` is no allergy."""
    return entry.kind == "allergy" and _DENIAL.search(entry.display) is not None


_DENIAL = re.compile(r"\b(?:no known|not known|sin alergias|ninguna alergia|niega)\b", re.IGNORECASE)
_REPORTS: Mapping[Operation, Callable[[Material], list[Finding]]] = {
    Operation.VALUE: value,
    Operation.LIST: list_entries,
    Operation.COUNT: count,
    Operation.EXISTS: whether,
    Operation.WHEN: when,
    Operation.WHO: attendance("who"),
    Operation.WHERE: attendance("where"),
    Operation.DOSE: asked_of("dose", lambda entry: entry.dosage),
    Operation.REASON: asked_of("reason", lambda entry: entry.reason),
    Operation.STATUS: status,
    Operation.VERIFICATION: verification,
    Operation.TREND: computed(trend),
    Operation.CHANGE: computed(change),
    Operation.AVERAGE: computed(average),
    Operation.NORMAL: normal,
    Operation.DURATION: duration,
    Operation.INTERVAL: interval,
    Operation.AGE_AT: age_at,
}
