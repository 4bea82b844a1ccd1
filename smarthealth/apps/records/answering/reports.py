"""From entries to facts: one report for each operation.

Pure: what is asked, what was found and who the patient is go in; findings come out. Numbers are computed here, once, so that
neither a language model nor the composer has to count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from smarthealth.apps.records.understanding.question import Operation

from .chart import Found
from .computing import age_at, average, change, computed, duration, interval, normal, trend
from .findings import Finding
from .listing import count, exists, list_entries, status, value, when, whether
from .material import Material, absence
from .particulars import asked_of, attendance
from .picking import beyond


def report(material: Material) -> list[Finding]:
    """Report what was found, in the way that the operation asks for."""
    ask = material.ask
    if ask.threshold is not None:
        kept = beyond(material.entries, ask.threshold)
        material = attrs.evolve(material, found=Found(tuple(kept), len(kept)))
        if not kept:
            return [absence(material)]
    if material.is_beside:
        return [exists(material)]
    return _REPORTS[ask.operation](material)


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
    Operation.TREND: computed(trend),
    Operation.CHANGE: computed(change),
    Operation.AVERAGE: computed(average),
    Operation.NORMAL: normal,
    Operation.DURATION: duration,
    Operation.INTERVAL: interval,
    Operation.AGE_AT: age_at,
}
