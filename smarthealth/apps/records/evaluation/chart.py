"""A patient's chart read straight from FHIR JSON, by other code than the importer's, so that both check each other.

What cannot be read is passed over: the importer reports it, and nothing is known of it.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

CODE_OF_TYPE = {"NI": 1, "NNCOL": 1, "CC": 1, "CE": 2, "PRC": 2, "TI": 3, "PPN": 4, "PA": 4, "BR": 5, "RC": 5, "CD": 8}
"""Number of a document's type, by the code that FHIR files give it; docs/reference/fhir-mapping.md says why."""
FOREIGN_DOCUMENT = 13
"""DE: what a social security number of the United States counts as."""

Resource = dict[str, Any]
"""A FHIR resource, or a part of one, as JSON has it."""
MISSHAPEN = (AttributeError, LookupError, TypeError)
"""What reading a resource raises whose parts are not of the types that FHIR gives them."""


@attrs.frozen(kw_only=True)
class Entry:
    """One thing that a record says."""

    name: str
    code: str | None
    day: str
    """ISO date as written, of a month or a year where no more is known, empty when the record gives none."""
    instant: str
    """The same with its time, for the order of entries."""
    value: float | None = None
    attended_by: tuple[str, ...] = ()
    dose: str = ""
    """The instruction of a prescription, as written."""
    reasons: tuple[str, ...] = ()
    """What a prescription was given for, or a procedure done."""
    conclusion: str = ""
    """Of a report."""
    clock: str = ""
    """HH:MM as written, of what has a time."""
    lot: str = ""
    """Of a vaccine."""
    stopped_for: str = ""
    """Why a prescription is in the state that it is in."""


@attrs.frozen(kw_only=True)
class Note:
    """One clinical note."""

    day: str
    text: str


@attrs.frozen(kw_only=True)
class Person:
    """The patient's own data; empty where the record gives none."""

    birth_day: str = ""
    gender: str = ""
    city: str = ""
    death_day: str = ""


@attrs.frozen(kw_only=True)
class Chart:
    """What the records say of one patient."""

    document_type: int
    document_number: str
    entries: Mapping[str, tuple[Entry, ...]]
    """In time order, by kind: observation, condition, medication, procedure, immunization, allergy, encounter, report."""
    person: Person = Person()
    notes: tuple[Note, ...] = ()
    """In time order."""


def read_charts(path: Path) -> list[Chart]:
    """Read every chart of a bundle, of bulk NDJSON, or of a folder of them, in the order of document numbers."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    resources = (resource for file in files if file.is_file() for resource in _resources(file))
    return sorted(_charts(resources), key=lambda chart: (chart.document_number, chart.document_type))


def _resources(file: Path) -> Iterator[Resource]:
    name = file.name.removesuffix(".gz")
    if not name.endswith((".ndjson", ".jsonl", ".json")):
        return
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error):
        return
    found = [_entry_resources(raw)] if name.endswith(".json") else [[_parsed(line)] for line in raw.splitlines()]
    for resources in found:
        yield from (resource for resource in resources if isinstance(resource, dict) and "id" in resource)


def _entry_resources(raw: bytes) -> list[object]:
    bundle = _parsed(raw)
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    return [entry.get("resource") for entry in entries or () if isinstance(entry, dict)]


def _parsed(raw: bytes) -> object:
    try:
        found: object = json.loads(raw)
    except ValueError:
        return None
    return found


def _charts(resources: Iterable[Resource]) -> Iterator[Chart]:
    patients: dict[str, Resource] = {}
    people: dict[str, str] = {}
    by_patient: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        with suppress(*MISSHAPEN):
            match resource["resourceType"]:
                case "Patient":
                    patients[resource["id"]] = resource
                case "Practitioner":
                    people.update(dict.fromkeys(_references_to(resource), _person(resource)))
                case _:
                    subject = resource.get("subject") or resource.get("patient") or {}
                    by_patient[_target(subject)].append(resource)
    for patient_id, patient in patients.items():
        document = _document(patient)
        if document is not None:
            own = by_patient[patient_id]
            yield Chart(
                document_type=document[0],
                document_number=document[1],
                entries=_entries_by_kind(own, people),
                person=_own_data(patient),
                notes=tuple(sorted(_notes(own), key=lambda note: note.day)),
            )


def _references_to(resource: Resource) -> list[str]:
    """What references to a resource end in: its id, or one of its identifiers."""
    identifiers = resource.get("identifier", ())
    return [resource["id"], *(f"{identifier.get('system')}|{identifier.get('value')}" for identifier in identifiers)]


_KINDS = {
    "Observation": "observation",
    "Condition": "condition",
    "MedicationRequest": "medication",
    "Procedure": "procedure",
    "Immunization": "immunization",
    "AllergyIntolerance": "allergy",
    "Encounter": "encounter",
    "DiagnosticReport": "report",
}


def _entries_by_kind(resources: Iterable[Resource], people: Mapping[str, str]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    resources = list(resources)
    diseases = _diseases(resources)
    for resource in resources:
        kind = _KINDS.get(resource["resourceType"])
        with suppress(*MISSHAPEN):
            if kind is not None and _stands(resource):
                found[kind] += list(_entries(resource, people, diseases))
    return {kind: tuple(sorted(entries, key=lambda entry: entry.instant)) for kind, entries in found.items()}


def _stands(resource: Resource) -> bool:
    """Is it still said? What was entered in error, refuted or not done is not."""
    verification = _coding(resource.get("verificationStatus", {})).get("code")
    return not {resource.get("status"), verification} & {"entered-in-error", "refuted", "not-done"}


_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?")
_TIMES = (
    "effectiveDateTime",
    "onsetDateTime",
    "authoredOn",
    "performedDateTime",
    "occurrenceDateTime",
    "recordedDate",
)
_PERIODS = ("performedPeriod", "period", "effectivePeriod", "onsetPeriod")


def _diseases(resources: Iterable[Resource]) -> dict[str, str]:
    """The names of conditions by what references to them end in."""
    found: dict[str, str] = {}
    for resource in resources:
        with suppress(*MISSHAPEN):
            if resource["resourceType"] == "Condition":
                found[resource["id"]] = _coding(resource["code"]).get("display") or resource["code"]["text"]
    return found


def _reasons(resource: Resource, diseases: Mapping[str, str]) -> tuple[str, ...]:
    """What a prescription was given for, where that is told."""
    coded = (_coding(reason).get("display") or reason.get("text", "") for reason in resource.get("reasonCode", ()))
    referred = (diseases.get(_target(reference), "") for reference in resource.get("reasonReference", ()))
    return tuple(name for name in (*coded, *referred) if name)


def _dose(resource: Resource) -> str:
    return " ".join(filter(None, (dosage.get("text") for dosage in resource.get("dosageInstruction", ()))))


def _own_data(patient: Resource) -> Person:
    with suppress(*MISSHAPEN):
        address: Resource = next(iter(patient.get("address", ())), {})
        return Person(
            birth_day=str(patient.get("birthDate", "")),
            gender=str(patient.get("gender", "")),
            city=str(address.get("city", "")),
            death_day=str(patient.get("deceasedDateTime", ""))[:10],
        )
    return Person()


def _notes(resources: Iterable[Resource]) -> Iterator[Note]:
    for resource in resources:
        with suppress(*MISSHAPEN, ValueError):
            if resource["resourceType"] == "DocumentReference" and _stands(resource):
                attachment = resource["content"][0]["attachment"]
                yield Note(day=resource["date"][:10], text=base64.b64decode(attachment["data"]).decode())


def _entries(resource: Resource, people: Mapping[str, str], diseases: Mapping[str, str]) -> Iterator[Entry]:
    """What a resource says: one thing, and one more for each component, as of a blood pressure."""
    concept = _concept(resource)
    if concept is None:
        return
    instant = _instant(resource)
    day = _DAY.match(instant)
    for part, meaning in [(resource, concept), *((part, part["code"]) for part in resource.get("component", ()))]:
        coding = _coding(meaning)
        yield Entry(
            name=coding.get("display") or meaning.get("text", ""),
            code=coding.get("code"),
            day=day.group() if day else "",
            instant=instant,
            value=part.get("valueQuantity", {}).get("value"),
            attended_by=_attended(part, people),
            dose=_dose(part),
            reasons=_reasons(part, diseases),
            conclusion=str(part.get("conclusion", "")),
            clock=_clock(instant),
            lot=str(part.get("lotNumber", "")),
            stopped_for=_stopped_for(part),
        )


def _clock(instant: str) -> str:
    return instant[11:16] if instant[10:11] == "T" else ""


def _stopped_for(resource: Resource) -> str:
    reason: Resource = resource.get("statusReason", {})
    return str(reason.get("text") or _coding(reason).get("display", ""))


def _concept(resource: Resource) -> Resource | None:
    """What a resource is about."""
    if resource["resourceType"] == "Encounter":
        return next(iter(resource.get("type", ())), None)
    return resource.get("code") or resource.get("medicationCodeableConcept") or resource.get("vaccineCode")


def _instant(resource: Resource) -> str:
    """When it was or began."""
    moments = [resource.get(name) for name in _TIMES]
    beginnings = [resource.get(name, {}).get("start") for name in _PERIODS]
    return next((moment for moment in (*moments, *beginnings) if moment), "")


def _coding(concept: Resource) -> Resource:
    return next(iter(concept.get("coding", ())), {})


def _attended(resource: Resource, people: Mapping[str, str]) -> tuple[str, ...]:
    references = (participant.get("individual", {}) for participant in resource.get("participant", ()))
    names = (people.get(_target(reference)) or reference.get("display", "") for reference in references)
    return tuple(name for name in names if name.strip())


def _target(reference: Resource) -> str:
    """The id (or system|value) that a reference points to."""
    text: str = reference.get("reference", "")
    if "?identifier=" in text:
        return text.partition("?identifier=")[2]
    return text.removeprefix("urn:uuid:").rpartition("/")[2]


def _person(resource: Resource) -> str:
    name: Resource = next(iter(resource.get("name", ())), {})
    return " ".join([*name.get("given", ()), name.get("family", "")]).strip()


def _document(patient: Resource) -> tuple[int, str] | None:
    """Type and number of a patient's first identity document."""
    with suppress(*MISSHAPEN):
        for identifier in patient.get("identifier", ()):
            code = _coding(identifier.get("type", {})).get("code")
            document_type = FOREIGN_DOCUMENT if code == "SS" else CODE_OF_TYPE.get(str(code))
            if document_type is not None:
                return document_type, str(identifier["value"])
    return None
