"""Prescriptions: what a MedicationRequest says, with its dosage in words."""

from __future__ import annotations

from typing import Final

from .datatypes import (
    RXNORM,
    Concept,
    concept,
    concept_texts,
    first_concept,
    joined,
    notes,
    number_text,
    quantity,
    quantity_of,
    range_text,
)
from .entries import concept_line, labelled, person, read_encounter, read_patient, reasons
from .errors import Malformed
from .model import EntryContent, Row
from .nodes import Node, boolean, node, nodes, number, text, texts
from .references import Scope, Target, target
from .times import moment, period

_MEDICATION: Final = ("Medication",)
_NO_ORDERS: Final = frozenset({"proposal", "plan", "option"})
_NOT_TO_BE_TAKEN: Final = "do-not-perform"


def read_prescription(resource: Node, scope: Scope) -> EntryContent:
    """What a MedicationRequest says.

    Raises:
        Malformed: It cannot be taken.
    """
    named, medication = _medication(resource, scope)
    reason, reason_targets = reasons(resource, scope)
    intent, category = text(resource, "intent"), first_concept(resource, "category")
    validity = period(node(resource, "dispenseRequest") or {}, "validityPeriod")
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        attendees=tuple(person(resource, "requester", scope) + person(resource, "recorder", scope)),
        medication=medication,
        reasons=reason_targets,
        row=Row(
            kind="medication",
            named=named,
            category=intent if intent in _NO_ORDERS else category.code or category.display if category else None,
            status=_NOT_TO_BE_TAKEN if boolean(resource, "doNotPerform") else text(resource, "status"),
            started=moment(resource, "authoredOn") or validity.start,
            dosage=joined(dosage_text(dosage) for dosage in nodes(resource, "dosageInstruction")),
            reason=reason,
            body=joined(
                (concept_line("Status reason", resource, "statusReason"), _dispensed(resource), *notes(resource)), "\n"
            ),
        ),
    )


def _medication(resource: Node, scope: Scope) -> tuple[Concept, Target | None]:
    """The name of what is prescribed: here, in a contained resource, or left to the target."""
    named = concept(resource, "medicationCodeableConcept", RXNORM)
    if named is not None:
        return named, None
    reference = node(resource, "medicationReference") or {}
    written = text(reference, "reference") or ""
    display = text(reference, "display")
    if written.startswith("#"):
        named = concept(scope.contained.get(written[1:], {}), "code", RXNORM) or (Concept(display) if display else None)
        found = None
    else:
        named, found = Concept(display or ""), target(reference, _MEDICATION, scope)
    if named is None or not (named.display or found):
        raise Malformed("no medication")
    return named, found


def dosage_text(dosage: Node) -> str | None:
    """A Dosage in words: as it is written where that says an amount, else from its parts as well."""
    written = text(dosage, "text")
    if written and any(letter.isdigit() for letter in written):
        return joined((written, text(dosage, "patientInstruction")))
    route, site, method = (concept(dosage, name) for name in ("route", "site", "method"))
    parts = (
        joined(_amount(dose) for dose in nodes(dosage, "doseAndRate")),
        method.display if method else None,
        route.display if route else None,
        site.display if site else None,
        _timing(node(dosage, "timing") or {}),
        None if written and "as needed" in written.lower() else _as_needed(dosage),
    )
    extra = (written, *concept_texts(dosage, "additionalInstruction"), text(dosage, "patientInstruction"))
    return joined((joined(parts, ", "), *extra))


def _amount(dose: Node) -> str | None:
    amount, between = quantity(dose, "doseQuantity"), node(dose, "doseRange")
    said = str(amount) if amount else range_text(between) if between else None
    rate = quantity(dose, "rateQuantity")
    return joined((f"dose {said}" if said else None, f"at {rate}" if rate else None), " ")


def _as_needed(dosage: Node) -> str | None:
    what = concept(dosage, "asNeededCodeableConcept")
    if what is not None:
        return f"as needed for {what.display}"
    return "as needed" if boolean(dosage, "asNeededBoolean") else None


_UNITS: Final = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}


# https://hl7.org/fhir/R4/valueset-event-timing.html
_EVENTS: Final = {
    "MORN": "in the morning", "MORN.early": "early in the morning", "MORN.late": "late in the morning", "NOON": "at noon",
    "AFT": "in the afternoon", "EVE": "in the evening", "NIGHT": "at night", "HS": "at bedtime", "WAKE": "on waking",
    "PHS": "after sleep", "C": "with meals", "CM": "with breakfast", "CD": "with lunch", "CV": "with dinner",
    "AC": "before meals", "ACM": "before breakfast", "ACD": "before lunch", "ACV": "before dinner",
    "PC": "after meals", "PCM": "after breakfast", "PCD": "after lunch", "PCV": "after dinner",
}  # fmt: skip


def _dispensed(resource: Node) -> str | None:
    """How much is dispensed, and how often again."""
    request = node(resource, "dispenseRequest") or {}
    again, amount = number(request, "numberOfRepeatsAllowed"), quantity(request, "quantity")
    refills = None if again is None else labelled("Refills", number_text(again))
    return joined((labelled("Dispensed", str(amount)) if amount else None, refills), "\n")


def _timing(timing: Node) -> str | None:
    repeat = node(timing, "repeat") or {}
    code = concept(timing, "code")
    said = _frequency(repeat) or (code.display if code else None)
    at = joined((written[:5] for written in texts(repeat, "timeOfDay")), ", ")
    around = joined((_EVENTS.get(code, code) for code in texts(repeat, "when")), ", ")
    bounds = node(repeat, "boundsDuration")
    limit = period(repeat, "boundsPeriod").end
    return joined(
        (
            said,
            around,
            f"at {at}" if at else None,
            f"for {_duration(bounds)}" if bounds else None,
            f"until {limit.day}" if limit else None,
        ),
        " ",
    )


def _duration(bounds: Node) -> str:
    amount = quantity_of(bounds)
    unit = _UNITS.get(amount.unit or "", amount.unit or "")
    return f"{number_text(amount.value or 0)} {unit}{'' if amount.value == 1 or unit not in _UNITS.values() else 's'}"


def _frequency(repeat: Node) -> str | None:
    times = _interval(repeat, "frequency")
    every, unit = _interval(repeat, "period"), text(repeat, "periodUnit")
    if unit is None or every is None:
        return None
    word = _UNITS.get(unit, unit)
    once = times in (None, "1")
    if every == "1":
        return f"once a {word}" if once else f"{times} times a {word}"
    return f"every {every} {word}s" if once else f"{times} times every {every} {word}s"


def _interval(repeat: Node, name: str) -> str | None:
    low, high = number(repeat, name), number(repeat, f"{name}Max")
    if low is None:
        return None
    return number_text(low) if high is None else f"{number_text(low)}-{number_text(high)}"
