"""What was measured and found: observations with their components, and diagnostic reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .attachments import attached_text
from .datatypes import (
    LOINC,
    concept,
    concept_of,
    concept_texts,
    first_code,
    joined,
    notes,
    quantity,
    quantity_of,
    range_text,
)
from .entries import (
    concept_line,
    display_line,
    people,
    performers,
    read_encounter,
    read_patient,
    required_concept,
    sites,
)
from .model import EntryContent, Measured, Row
from .nodes import Node, boolean, node, nodes, number, text
from .references import Scope, Target, target
from .times import Span, moment, span

_OBSERVATION: Final = ("Observation",)
_NORMAL: Final = "normal"


def read_observation(resource: Node, scope: Scope) -> EntryContent:
    """What an Observation says, each component as a row of its own.

    Raises:
        Malformed: It cannot be taken.
    """
    when = _effective(resource)
    attendees, organization = performers(resource, scope)
    row = Row(
        kind="observation",
        named=required_concept(resource, "code", LOINC),
        category=first_code(resource, "category"),
        status=text(resource, "status"),
        started=when.start,
        ended=when.end,
        measured=_measured(resource),
        body=joined(
            (
                sites(resource),
                _absence(resource),
                concept_line("Method", resource, "method"),
                display_line("Specimen", resource, "specimen"),
                display_line("Device", resource, "device"),
                *notes(resource),
            ),
            "\n",
        ),
    )
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        organization=organization,
        attendees=tuple(attendees),
        results=_results(resource, "hasMember", scope),
        row=row,
        components=tuple(_component(component, row) for component in nodes(resource, "component")),
    )


def _component(component: Node, whole: Row) -> Row:
    return Row(
        kind=whole.kind,
        named=required_concept(component, "code", LOINC),
        category=whole.category,
        status=whole.status,
        started=whole.started,
        ended=whole.ended,
        measured=_measured(component),
        body=_absence(component),
    )


def _effective(resource: Node) -> Span:
    """When something was so: the time of the finding, else that of its issue."""
    when = span(resource, "effective")
    timing = node(resource, "effectiveTiming") or {}
    events = timing.get("event")
    event = events[0] if isinstance(events, list) and events else None
    start = when.start or moment(resource, "effectiveInstant") or moment({"event": event}, "event")
    return Span(start or moment(resource, "issued"), when.end)


def _measured(parent: Node) -> Measured:
    value, unit, said = _value(parent)
    low, high = _reference_range(parent, unit)
    return Measured(
        value=value,
        unit=unit,
        text=said,
        range_low=low,
        range_high=high,
        interpretation=first_code(parent, "interpretation"),
    )


def _value(parent: Node) -> tuple[float | None, str | None, str | None]:
    """(number, unit, text) of a `value[x]`.

    A quantity with a comparator is a text: "<0.5" is no number to draw a trend with.
    """
    found = quantity(parent, "valueQuantity")
    if found is not None:
        return (None, None, str(found)) if found.comparator else (found.value, found.unit, None)
    whole = number(parent, "valueInteger")
    if whole is not None:
        return whole, None, None
    flag = boolean(parent, "valueBoolean")
    if flag is not None:
        return None, None, "yes" if flag else "no"
    for name, words in _IN_WORDS.items():
        value = node(parent, name)
        if value is not None:
            return None, None, words(value)
    return None, None, text(parent, "valueString") or text(parent, "valueDateTime") or text(parent, "valueTime")


def _concept_words(value: Node) -> str | None:
    found = concept_of(value)
    return found.display if found else None


def _ratio_words(value: Node) -> str | None:
    parts = [quantity(value, "numerator"), quantity(value, "denominator")]
    if not all(parts):
        return None
    # a titre is written 1:128, an amount for each of something else 5 mg/mL
    separator = "/" if any(part.unit for part in parts if part) else ":"
    return separator.join(str(part) for part in parts)


def _period_words(value: Node) -> str | None:
    return joined((text(value, "start"), text(value, "end")), " – ")


def _sampled_words(_value: Node) -> str:
    return "sampled data"


_IN_WORDS: Final[dict[str, Callable[[Node], str | None]]] = {
    "valueCodeableConcept": _concept_words,
    "valueRange": range_text,
    "valueRatio": _ratio_words,
    "valuePeriod": _period_words,
    "valueSampledData": _sampled_words,
}


def _reference_range(parent: Node, unit: str | None) -> tuple[float | None, float | None]:
    """The normal range, where the record leaves no doubt which one it is.

    A range for certain people, or one of several, is none to judge a value by; nor is one in another unit.
    """
    normal = [item for item in nodes(parent, "referenceRange") if _is_normal(item)]
    if len(normal) != 1:
        return None, None
    bounds = [quantity_of(node(normal[0], name) or {}) for name in ("low", "high")]
    if any(bound.unit and unit and bound.unit != unit for bound in bounds):
        return None, None
    return bounds[0].value, bounds[1].value


def _is_normal(item: Node) -> bool:
    kind = concept(item, "type")
    return (kind is None or (kind.code or kind.display) == _NORMAL) and "appliesTo" not in item and "age" not in item


def _absence(parent: Node) -> str | None:
    why = concept(parent, "dataAbsentReason")
    return f"No value: {why.display}" if why else None


def _results(resource: Node, name: str, scope: Scope) -> tuple[Target, ...]:
    found = (target(reference, _OBSERVATION, scope, exclusive=False) for reference in nodes(resource, name))
    return tuple(result for result in found if result is not None)


def read_report(resource: Node, scope: Scope) -> EntryContent:
    """What a DiagnosticReport says.

    Raises:
        Malformed: It cannot be taken.
    """
    when = _effective(resource)
    attendees, organization = performers(resource, scope)
    attendees += people(nodes(resource, "resultsInterpreter"), "interpreter", scope, exclusive=False)
    conclusions = joined(concept_texts(resource, "conclusionCode"))
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        organization=organization,
        attendees=tuple(attendees),
        results=_results(resource, "result", scope),
        row=Row(
            kind="report",
            named=required_concept(resource, "code", LOINC),
            category=first_code(resource, "category"),
            status=text(resource, "status"),
            started=when.start,
            ended=when.end,
            body=joined(
                (text(resource, "conclusion"), conclusions, attached_text(nodes(resource, "presentedForm"))), "\n"
            ),
        ),
    )
