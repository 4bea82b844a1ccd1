"""What happened to a patient: encounters, conditions, allergies, procedures, immunizations, care plans."""

from __future__ import annotations

from typing import Final

from .datatypes import (
    CVX,
    SNOMED,
    Concept,
    code_of,
    concept,
    concept_texts,
    first_code,
    first_concept,
    joined,
    notes,
    number_text,
    quantity,
    quantity_of,
    range_text,
)
from .entries import (
    actors,
    class_of,
    concept_line,
    display_line,
    labelled,
    participants,
    people,
    person,
    read_encounter,
    read_organization,
    read_patient,
    reasons,
    referred_reasons,
    required_concept,
    sites,
)
from .model import EntryContent, Measured, Row
from .nodes import Node, boolean, first, node, nodes, number, text, texts
from .references import Scope
from .times import moment, period, span

_CLASSES: Final = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "FLD": "field",
    "HH": "home health",
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "NONAC": "inpatient",
    "OBSENC": "observation",
    "PRENC": "pre-admission",
    "SS": "short stay",
    "VR": "virtual",
}


def read_encounter_entry(resource: Node, scope: Scope) -> EntryContent:
    """What an Encounter says.

    Raises:
        Malformed: It cannot be taken.
    """
    kind = class_of(resource)
    category = _CLASSES.get(kind.code or "", kind.display) if kind else None
    when = period(resource, "period")
    # its conditions refer to the encounter in their turn: of a circle only the names are taken
    reason, _ = reasons(resource, scope)
    discharge = concept(node(resource, "hospitalization") or {}, "dischargeDisposition")
    return EntryContent(
        patient=read_patient(resource, scope),
        organization=read_organization(resource, "serviceProvider", scope),
        attendees=tuple(participants(resource, scope)),
        row=Row(
            kind="encounter",
            named=first_concept(resource, "type", SNOMED) or Concept(category or "Encounter"),
            category=category,
            status=text(resource, "status"),
            started=when.start,
            ended=when.end,
            measured=Measured(text=discharge.display if discharge else None),
            reason=reason,
        ),
    )


def read_condition(resource: Node, scope: Scope) -> EntryContent:
    """What a Condition says.

    Raises:
        Malformed: It cannot be taken.
    """
    onset, abatement = span(resource, "onset"), span(resource, "abatement")
    severity = concept(resource, "severity")
    said = [("Onset", _told(resource, "onset")), ("Abatement", _told(resource, "abatement"))]
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        attendees=tuple(person(resource, "recorder", scope) + person(resource, "asserter", scope)),
        row=Row(
            kind="condition",
            named=required_concept(resource, "code", SNOMED),
            category=first_code(resource, "category"),
            status=code_of(resource, "clinicalStatus"),
            verification=code_of(resource, "verificationStatus"),
            started=onset.start or moment(resource, "recordedDate"),
            ended=abatement.end or abatement.start,
            severity=severity.display if severity else None,
            body=_lines(sites(resource), *(f"{label}: {words}" for label, words in said if words), *notes(resource)),
        ),
    )


def read_allergy(resource: Node, scope: Scope) -> EntryContent:
    """What an AllergyIntolerance says.

    Raises:
        Malformed: It cannot be taken.
    """
    intolerance = "Intolerance, not allergy" if text(resource, "type") == "intolerance" else None
    reactions = nodes(resource, "reaction")
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        attendees=tuple(person(resource, "recorder", scope) + person(resource, "asserter", scope)),
        row=Row(
            kind="allergy",
            named=required_concept(resource, "code", SNOMED),
            category=joined(texts(resource, "category"), ", "),
            status=code_of(resource, "clinicalStatus"),
            verification=code_of(resource, "verificationStatus"),
            started=span(resource, "onset").start or moment(resource, "recordedDate"),
            measured=Measured(text=joined(_reaction(reaction) for reaction in reactions)),
            severity=text(resource, "criticality"),
            body=_lines(intolerance, *(text(reaction, "description") for reaction in reactions), *notes(resource)),
        ),
    )


def _reaction(reaction: Node) -> str | None:
    signs = joined(concept_texts(reaction, "manifestation"), ", ")
    severity = text(reaction, "severity")
    return f"{signs} ({severity})" if signs and severity else signs


def read_procedure(resource: Node, scope: Scope) -> EntryContent:
    """What a Procedure says.

    Raises:
        Malformed: It cannot be taken.
    """
    when = span(resource, "performed")
    told = _told(resource, "performed")
    reason, reason_targets = reasons(resource, scope)
    attendees, organization = actors(resource, scope)
    category, outcome = concept(resource, "category"), concept(resource, "outcome")
    complications = joined(concept_texts(resource, "complication"), ", ")
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        organization=organization,
        attendees=tuple(attendees + person(resource, "recorder", scope) + person(resource, "asserter", scope)),
        reasons=reason_targets,
        row=Row(
            kind="procedure",
            named=required_concept(resource, "code", SNOMED),
            category=category.display if category else None,
            status=text(resource, "status"),
            started=when.start,
            ended=when.end,
            measured=Measured(text=outcome.display if outcome else None),
            reason=reason,
            body=_lines(
                sites(resource),
                f"Performed: {told}" if told else None,
                labelled("Complications", complications),
                labelled("Follow-up", joined(concept_texts(resource, "followUp"), ", ")),
                display_line("Location", resource, "location"),
                *notes(resource),
            ),
        ),
    )


def read_immunization(resource: Node, scope: Scope) -> EntryContent:
    """What an Immunization says.

    Raises:
        Malformed: It cannot be taken.
    """
    attendees, organization = actors(resource, scope)
    reason, reason_targets = reasons(resource, scope)
    refusal = concept(resource, "statusReason")
    told = text(resource, "occurrenceString")
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        organization=organization,
        attendees=tuple(attendees),
        reasons=reason_targets,
        row=Row(
            kind="immunization",
            named=required_concept(resource, "vaccineCode", CVX),
            status=text(resource, "status"),
            started=moment(resource, "occurrenceDateTime"),
            dosage=_vaccine_dose(resource),
            reason=joined((refusal.display if refusal else None, reason)),
            body=_lines(
                labelled("Given", told),
                labelled("Lot", text(resource, "lotNumber")),
                display_line("Manufacturer", resource, "manufacturer"),
                labelled("Expires", text(resource, "expirationDate")),
                concept_line("Site", resource, "site"),
                concept_line("Route", resource, "route"),
                *notes(resource),
            ),
        ),
    )


def _vaccine_dose(resource: Node) -> str | None:
    protocol = first(resource, "protocolApplied")
    dose, series = _count(protocol, "doseNumber"), _count(protocol, "seriesDoses")
    amount = quantity(resource, "doseQuantity")
    counted = f"dose {dose} of {series}" if dose and series else f"dose {dose}" if dose else None
    return joined((counted, str(amount) if amount else None))


def _count(protocol: Node, name: str) -> str | None:
    counted = number(protocol, f"{name}PositiveInt")
    return text(protocol, f"{name}String") if counted is None else number_text(counted)


def read_care_plan(resource: Node, scope: Scope) -> EntryContent:
    """What a CarePlan says.

    Raises:
        Malformed: It cannot be taken.
    """
    when = period(resource, "period")
    category = first_concept(resource, "category", SNOMED)
    title = text(resource, "title")
    reason, reason_targets = referred_reasons(resource, "addresses", scope)
    author = person(resource, "author", scope) + people(
        nodes(resource, "contributor"), "contributor", scope, exclusive=False
    )
    named = (
        Concept(title, category.code if category else None, category.system if category else None)
        if title
        else category
    )
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        attendees=tuple(author),
        reasons=reason_targets,
        row=Row(
            kind="careplan",
            named=named or Concept("Care plan"),
            category=text(resource, "intent"),
            status=text(resource, "status"),
            started=when.start or moment(resource, "created"),
            ended=when.end,
            reason=reason,
            body=_lines(
                text(resource, "description"),
                *(_activity(node(item, "detail") or {}) for item in nodes(resource, "activity")),
                *notes(resource),
            ),
        ),
    )


def _activity(detail: Node) -> str | None:
    what = concept(detail, "code")
    said = (what.display if what else None) or text(detail, "description")
    status = text(detail, "status")
    barred = boolean(detail, "doNotPerform")
    return f"- {'not to be done: ' if barred else ''}{said}{f' ({status})' if status else ''}" if said else None


def _told(resource: Node, name: str) -> str | None:
    """A time that is told in words, as an age or as a range of ages."""
    age, ages = node(resource, f"{name}Age"), node(resource, f"{name}Range")
    if age is not None:
        return f"at the age of {quantity_of(age)}"
    return text(resource, f"{name}String") or (range_text(ages) if ages is not None else None)


def _lines(*parts: str | None) -> str | None:
    return joined(parts, "\n")
