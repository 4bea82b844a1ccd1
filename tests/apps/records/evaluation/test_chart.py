"""Charts are read from FHIR files without the importer's help."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.evaluation.chart import Chart, Entry, Note, Person, read_charts

Json = dict[str, Any]


def patient(patient_id: str = "p", **fields: Any) -> Json:
    """A patient with a Colombian document of a diplomat."""
    identifier = [{"type": {"coding": [{"code": "CD"}]}, "value": "30995750"}]
    return {"resourceType": "Patient", "id": patient_id, "identifier": identifier, **fields}


def said(kind: str, **fields: Any) -> Json:
    """A resource about that patient."""
    return {"resourceType": kind, "id": f"{kind}-1", "subject": {"reference": "urn:uuid:p"}, **fields}


def coded(code: str, display: str | None = None) -> Json:
    """A codeable concept of one coding."""
    return {"coding": [{"code": code} if display is None else {"code": code, "display": display}]}


def read(folder: Path, *resources: object) -> list[Chart]:
    """The charts of a bundle of resources."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}
    (folder / "bundle.json").write_text(json.dumps(bundle))
    return read_charts(folder)


def entries(folder: Path, *resources: object) -> dict[str, tuple[Entry, ...]]:
    """The entries of the one chart that a patient and these resources make."""
    (chart,) = read(folder, patient(), *resources)
    return {kind: found for kind, found in chart.entries.items() if found}


@pytest.mark.parametrize(
    ("resource", "kind", "entry"),
    [
        (
            said(
                "Observation",
                code=coded("4548-4", "HbA1c"),
                effectiveDateTime="2024-03-12T08:00:00Z",
                valueQuantity={"value": 6.6},
            ),
            "observation",
            Entry(
                name="HbA1c", code="4548-4", day="2024-03-12", instant="2024-03-12T08:00:00Z", value=6.6, clock="08:00"
            ),
        ),
        (
            said("Condition", code={"text": "Asthma"}, onsetDateTime="2015-03"),
            "condition",
            Entry(name="Asthma", code=None, day="2015-03", instant="2015-03"),
        ),
        (
            said(
                "MedicationRequest",
                medicationCodeableConcept=coded("1", "Aspirin"),
                authoredOn="2019",
                statusReason=coded("6", "Ulcer"),
            ),
            "medication",
            Entry(name="Aspirin", code="1", day="2019", instant="2019", stopped_for="Ulcer"),
        ),
        (
            said("Procedure", code=coded("2", "Suture"), performedPeriod={"start": "2019-01-02T00:00:00Z"}),
            "procedure",
            Entry(name="Suture", code="2", day="2019-01-02", instant="2019-01-02T00:00:00Z", clock="00:00"),
        ),
        (
            said(
                "Immunization", vaccineCode=coded("140", "Influenza"), occurrenceDateTime="2015-10-01", lotNumber="L1"
            ),
            "immunization",
            Entry(name="Influenza", code="140", day="2015-10-01", instant="2015-10-01", lot="L1"),
        ),
        (
            said("DiagnosticReport", code=coded("5", "Chest CT"), effectiveDateTime="2015-10-01", conclusion="Clear."),
            "report",
            Entry(name="Chest CT", code="5", day="2015-10-01", instant="2015-10-01", conclusion="Clear."),
        ),
        (
            {**said("AllergyIntolerance", code=coded("3")), "subject": None, "patient": {"reference": "Patient/p"}},
            "allergy",
            Entry(name="", code="3", day="", instant=""),
        ),
        (
            said("Encounter", type=[coded("4", "Check up")], period={"start": "next Monday"}),
            "encounter",
            Entry(name="Check up", code="4", day="", instant="next Monday"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_resource_is_an_entry(tmp_path: Path, resource: Json, kind: str, entry: Entry) -> None:
    """Every kind is read with its name, code, value, and with its time as exactly as the file gives it."""
    assert entries(tmp_path, resource) == {kind: (entry,)}


def test_components_are_entries_of_their_own(tmp_path: Path) -> None:
    """A blood pressure is itself and its two components, at one time."""
    parts = [
        {"code": coded("8480-6", "Systolic"), "valueQuantity": {"value": 120}},
        {"code": coded("8462-4", "Diastolic"), "valueQuantity": {"value": 80}},
    ]
    pressure = said("Observation", code=coded("85354-9", "Pressure"), effectiveDateTime="2020-01-02", component=parts)
    found = entries(tmp_path, pressure)["observation"]
    assert [(entry.name, entry.value, entry.day) for entry in found] == [
        ("Pressure", None, "2020-01-02"),
        ("Systolic", 120, "2020-01-02"),
        ("Diastolic", 80, "2020-01-02"),
    ]


def test_entries_stand_in_time_order(tmp_path: Path) -> None:
    """What came first stands first, whatever the order in the file."""
    days = ("2020-05-01", "2018-01-01", "2019")
    resources = [said("Condition", code=coded(day, day), onsetDateTime=day) for day in days]
    assert [entry.day for entry in entries(tmp_path, *resources)["condition"]] == ["2018-01-01", "2019", "2020-05-01"]


@pytest.mark.parametrize(
    "taken_back",
    [
        {"status": "entered-in-error"},
        {"status": "not-done"},
        {"verificationStatus": coded("refuted")},
        {"verificationStatus": coded("entered-in-error")},
    ],
)
def test_what_was_taken_back_is_no_entry(tmp_path: Path, taken_back: Json) -> None:
    """What was entered in error, refuted or not done is nothing that the record says."""
    assert entries(tmp_path, said("Condition", code=coded("1", "Asthma"), **taken_back)) == {}


def test_who_attended_is_found_by_every_reference(tmp_path: Path) -> None:
    """A practitioner is found by id and by identifier, else named as the reference does; without a name, left out."""
    practitioner = {
        "resourceType": "Practitioner",
        "id": "d",
        "identifier": [{"system": "s", "value": "7"}],
        "name": [{"given": ["Ana", "Sofía"], "family": "Ruiz9"}],
    }
    people = [
        {"individual": {"reference": "Practitioner/d"}},
        {"individual": {"reference": "Practitioner?identifier=s|7"}},
        {"individual": {"reference": "Practitioner/x", "display": "Dr. Who"}},
        {"individual": {"display": " "}},
        {},
    ]
    found = entries(tmp_path, said("Encounter", type=[coded("4", "Check up")], participant=people), practitioner)
    assert found["encounter"][0].attended_by == ("Ana Sofía Ruiz9", "Ana Sofía Ruiz9", "Dr. Who")


@pytest.mark.parametrize(
    ("code", "number"),
    [("CD", 8), ("NNCOL", 1), ("PPN", 4), ("SS", 13), ("MR", None), (None, None)],
)
def test_the_document_decides_the_type(tmp_path: Path, code: str | None, number: int | None) -> None:
    """The first identity document names the patient; somebody without one cannot be asked about."""
    identifiers = [{"value": "no type"}, {"type": coded("MR"), "value": "m"}, {"type": coded(code or ""), "value": "1"}]
    charts = read(tmp_path, patient(identifier=identifiers))
    assert [(chart.document_type, chart.document_number) for chart in charts] == ([(number, "1")] if number else [])


def test_a_prescription_has_its_instruction_and_its_reasons(tmp_path: Path) -> None:
    """A reason is told by a code, by words, or by the condition that is referred to."""
    gout = said("Condition", code={"text": "Gout"})
    prescription = said(
        "MedicationRequest",
        medicationCodeableConcept=coded("1", "Aspirin"),
        dosageInstruction=[{"text": "1 daily"}, {}],
        reasonCode=[coded("2", "Pain"), {"text": "Fever"}],
        reasonReference=[{"reference": "Condition/Condition-1"}, {"reference": "Condition/x"}],
    )
    misshapen = {**said("Condition", code={}), "id": "x"}
    (found,) = entries(tmp_path, gout, misshapen, prescription)["medication"]
    assert (found.dose, found.reasons) == ("1 daily", ("Pain", "Fever", "Gout"))


def test_the_patients_own_data_are_read(tmp_path: Path) -> None:
    """Birth, sex, city and death, as far as they are there and of FHIR's shape."""
    told = patient(
        birthDate="1980-01-02", gender="female", address=[{"city": "Neiva"}], deceasedDateTime="2020-02-03T01:00:00Z"
    )
    (chart,) = read(tmp_path, told)
    assert chart.person == Person(birth_day="1980-01-02", gender="female", city="Neiva", death_day="2020-02-03")
    (silent,) = read(tmp_path, patient(address=["Neiva"]))
    assert silent.person == Person()


def test_notes_are_read_in_time_order(tmp_path: Path) -> None:
    """The text of a note is taken out of its attachment; what is no text is passed over."""

    def note(number: int, day: str, data: object) -> Json:
        return {**said("DocumentReference", date=day, content=[{"attachment": {"data": data}}]), "id": f"n{number}"}

    text = base64.b64encode(b"Cough").decode()
    resources = [
        note(1, "2020-01-02T00:00:00Z", text),
        note(2, "2019-01-01", text),
        note(3, "2018-01-01", "x"),
        note(4, "2017", 7),
    ]
    (chart,) = read(tmp_path, patient(), *resources)
    assert chart.notes == (Note(day="2019-01-01", text="Cough"), Note(day="2020-01-02", text="Cough"))


def test_resources_of_no_interest_are_passed_over(tmp_path: Path) -> None:
    """Claims, resources about nobody and resources without a meaning are no entries."""
    about_nobody = {"resourceType": "Condition", "id": "c", "code": coded("1", "Asthma")}
    assert entries(tmp_path, said("Claim"), about_nobody, said("Encounter"), said("Observation")) == {}


@pytest.mark.parametrize(
    "misshapen",
    [
        said("Condition", code="asthma"),
        said("Condition", code=coded("1", "Asthma"), onsetDateTime=2015),
        said("Observation", code=coded("1", "x"), component=[{}]),
        {"resourceType": "Practitioner", "id": "d", "identifier": 7},
        {"resourceType": "Patient", "id": "q", "identifier": [7]},
        {"resourceType": "Patient"},
        {"resourceType": "Condition", "id": "c", "subject": "p"},
        {"id": "nameless"},
        "text",
    ],
    ids=str,
)
def test_a_misshapen_resource_is_passed_over(tmp_path: Path, misshapen: object) -> None:
    """A resource that is not of FHIR's shape says nothing, and the others are read."""
    sound = said("Condition", code=coded("2", "Gout"))
    assert [entry.name for entry in entries(tmp_path, misshapen, sound)["condition"]] == ["Gout"]


def test_every_format_is_read(tmp_path: Path) -> None:
    """Bundles, NDJSON, either gzipped, deep in folders or alone, are one; other and broken files are passed over."""
    lines = [json.dumps(patient(f"p{number}", identifier=_documents(number))) for number in "123"]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Patient.ndjson").write_text("\n".join([*lines[:2], "", "{broken", ""]))
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(lines[2].encode()))
    (tmp_path / "README.txt").write_text("no FHIR")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "odd.json").write_text('{"entry": [1, {}]}')
    (tmp_path / "broken.json.gz").write_bytes(b"\x1f\x8bbroken")
    (tmp_path / "cut.json.gz").write_bytes(gzip.compress(b"{}" * 99)[:20])
    (tmp_path / "bundle.json.gz").write_bytes(
        gzip.compress(json.dumps({"entry": [{"resource": patient(identifier=_documents("4"))}]}).encode())
    )
    assert [chart.document_number for chart in read_charts(tmp_path)] == ["1", "2", "3", "4"]
    assert [chart.document_number for chart in read_charts(tmp_path / "deep" / "Patient.ndjson")] == ["1", "2"]


def _documents(*numbers: str) -> list[Json]:
    return [{"type": coded("CC"), "value": number} for number in numbers]


def test_the_demo_patients_are_read() -> None:
    """Laura Morales, whom the README asks about, has the measurements that it shows."""
    charts = {chart.document_number: chart for path in demo_paths() for chart in read_charts(path)}
    measured = [entry for entry in charts["30995750"].entries["observation"] if entry.code == "4548-4"]
    assert (len(measured), measured[0].value, measured[-1].value) == (13, 6.1, 6.6)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["code", "type", "subject", "status", "participant", "component", "valueQuantity", "period", "onsetDateTime"]


@given(
    kind=st.sampled_from(["Condition", "Observation", "Encounter", "Patient", "Practitioner"]),
    fields=st.dictionaries(st.sampled_from([*FIELDS, "identifier", "name"]), JSON_VALUES),
)
def test_reading_never_raises(tmp_path_factory: pytest.TempPathFactory, kind: str, fields: Json) -> None:
    """Whatever a resource holds, reading ends in charts."""
    assert read(tmp_path_factory.getbasetemp(), {**said(kind), **fields}) is not None
