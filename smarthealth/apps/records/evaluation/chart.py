"""A patient's chart read straight from FHIR JSON, by other code than the importer's, so that both check each other."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

CODE_OF_TYPE = {"NI": 1, "NNCOL": 1, "CC": 1, "CE": 2, "PRC": 2, "TI": 3, "PPN": 4, "PA": 4, "BR": 5, "RC": 5, "CD": 8}
FOREIGN_DOCUMENT = 13
"""Every other kind of identity document: DE."""


@attrs.frozen(kw_only=True)
class Entry:
    """One thing that a record says."""

    fhir_id: str
    name: str
    code: str | None
    day: str
    """ISO date as written, empty when the record gives none."""
    instant: str
    status: str
    value: float | None = None
    unit: str | None = None
    range_given: bool = False
    attended_by: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Chart:
    """What the records say of one patient, each list in time order."""

    name: str
    document_type: int
    document_number: str
    birth_date: str
    entries: Mapping[str, tuple[Entry, ...]]
    """By kind: observation, condition, medication, procedure, immunization, allergy, encounter."""


def read_charts(folder: Path) -> list[Chart]:
    """Read every chart below a folder of bundles or bulk NDJSON, in order of document number."""
    resources = [resource for path in sorted(folder.rglob("*")) if path.is_file() for resource in _resources(path)]
    charts = _charts(resources)
    return sorted(charts, key=lambda chart: chart.document_number)


def _resources(path: Path) -> Iterator[dict[str, Any]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    name = path.name.removesuffix(".gz")
    if name.endswith(".ndjson"):
        yield from (json.loads(line) for line in raw.splitlines() if line.strip())
    elif name.endswith(".json"):
        document = json.loads(raw)
        for item in document.get("entry", ()):
            yield item["resource"]


def _charts(resources: Iterable[dict[str, Any]]) -> Iterator[Chart]:
    by_patient: dict[str, list[dict[str, Any]]] = defaultdict(list)
    patients: dict[str, dict[str, Any]] = {}
    people: dict[str, str] = {}
    for resource in resources:
        match resource["resourceType"]:
            case "Patient":
                patients[resource["id"]] = resource
            case "Practitioner":
                people[resource["id"]] = _person(resource)
                for identifier in resource.get("identifier", ()):
                    people[f"{identifier.get('system')}|{identifier.get('value')}"] = _person(resource)
            case _:
                subject = resource.get("subject") or resource.get("patient") or {}
                by_patient[_target(subject.get("reference", ""))].append(resource)
    for patient_id, patient in patients.items():
        document = _document(patient)
        if document is not None:
            yield _chart(patient, document, by_patient[patient_id], people)


def _chart(
    patient: dict[str, Any], document: tuple[int, str], resources: list[dict[str, Any]], people: Mapping[str, str]
) -> Chart:
    entries: dict[str, list[Entry]] = defaultdict(list)
    for resource in resources:
        kind = _KINDS.get(resource["resourceType"])
        if kind is not None:
            entries[kind].extend(_entries(resource, people))
    return Chart(
        name=_person(patient),
        document_type=document[0],
        document_number=document[1],
        birth_date=patient.get("birthDate", ""),
        entries={kind: tuple(sorted(found, key=lambda entry: entry.instant)) for kind, found in entries.items()},
    )


_KINDS = {
    "Observation": "observation",
    "Condition": "condition",
    "MedicationRequest": "medication",
    "Procedure": "procedure",
    "Immunization": "immunization",
    "AllergyIntolerance": "allergy",
    "Encounter": "encounter",
}
_TIMES = (
    "effectiveDateTime",
    "onsetDateTime",
    "authoredOn",
    "performedDateTime",
    "occurrenceDateTime",
    "recordedDate",
)
_PERIODS = ("performedPeriod", "period", "effectivePeriod", "onsetPeriod")


def _entries(resource: dict[str, Any], people: Mapping[str, str]) -> Iterator[Entry]:
    instant = next((resource[name] for name in _TIMES if name in resource), "")
    instant = instant or next((resource[name].get("start", "") for name in _PERIODS if name in resource), "")
    status = resource.get("clinicalStatus", {}).get("coding", [{}])[0].get("code") or resource.get("status", "")
    shared = {"day": instant[:10], "instant": instant, "status": status}
    concept = resource.get("code") or resource.get("medicationCodeableConcept") or resource.get("vaccineCode")
    concept = (
        concept or next(iter(resource.get("type", ())), None) if resource["resourceType"] == "Encounter" else concept
    )
    if not concept:
        return
    fhir_id = f"{resource['resourceType']}/{resource['id']}"
    yield Entry(
        fhir_id=fhir_id, attended_by=_attended(resource, people), **_named(concept), **_measured(resource), **shared
    )
    for number, component in enumerate(resource.get("component", ())):
        yield Entry(fhir_id=f"{fhir_id}#{number}", **_named(component["code"]), **_measured(component), **shared)


def _named(concept: dict[str, Any]) -> dict[str, Any]:
    coding: dict[str, Any] = next(iter(concept.get("coding", ())), {})
    return {"name": coding.get("display") or concept.get("text", ""), "code": coding.get("code")}


def _measured(resource: dict[str, Any]) -> dict[str, Any]:
    quantity = resource.get("valueQuantity", {})
    return {
        "value": quantity.get("value"),
        "unit": quantity.get("unit"),
        "range_given": "referenceRange" in resource,
    }


def _attended(resource: dict[str, Any], people: Mapping[str, str]) -> tuple[str, ...]:
    references = (participant.get("individual", {}) for participant in resource.get("participant", ()))
    names = (
        people.get(_target(reference.get("reference", ""))) or reference.get("display") for reference in references
    )
    return tuple(name for name in names if name)


def _target(reference: str) -> str:
    """The id (or system|value) that a reference points to."""
    if "?identifier=" in reference:
        return reference.partition("?identifier=")[2]
    return reference.removeprefix("urn:uuid:").rpartition("/")[2]


def _person(resource: dict[str, Any]) -> str:
    name: dict[str, Any] = next(iter(resource.get("name", ())), {})
    return " ".join([*name.get("given", ()), name.get("family", "")]).strip()


def _document(patient: dict[str, Any]) -> tuple[int, str] | None:
    """The first identity document of a patient, by the table of docs/reference/fhir-mapping."""
    for identifier in patient.get("identifier", ()):
        code = identifier.get("type", {}).get("coding", [{}])[0].get("code")
        if code in CODE_OF_TYPE:
            return CODE_OF_TYPE[code], identifier["value"]
        if code == "SS":
            return FOREIGN_DOCUMENT, identifier["value"]
    return None
