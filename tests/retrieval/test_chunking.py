"""From records to chunks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthealth.retrieval import chunking
from smarthealth.retrieval.chunking import OFTEN, chunk_records
from smarthealth.retrieval.splitting import PASSAGE_SIZE


def test_a_record_is_told_in_one_line(entry: Any) -> None:
    """A line holds the day, the kind, the record's words, the Spanish name, and what is known of it."""
    (chunk,) = chunk_records(
        7,
        [
            entry(
                id=3,
                fhir_id="Observation/x",
                value=6.4,
                unit="%",
                range_low=4,
                range_high=6,
                interpretation="H",
                status="final",
                reason="Diabetes",
                practitioners=("Dra. Ana", "Dr. Luis"),
                organization="Hospital",
            )
        ],
    )
    assert chunk.text == (
        "2020-03-02 · Resultado · Hemoglobin A1c (hemoglobina glicosilada): 6.4 % · rango 4 – 6 · interpretación H"
        " · motivo Diabetes · estado final · Dra. Ana, Dr. Luis · Hospital"
    )
    assert (chunk.id, chunk.patient_id, chunk.record_id, chunk.kind) == ("Observation/x~0", 7, 3, "observation")
    assert (chunk.date, chunk.earliest) == (date(2020, 3, 2), None)


def test_names_and_concepts_of_both_languages_are_added(entry: Any) -> None:
    """A chunk can be found by names and by broader concepts that its text does not hold."""
    (chunk,) = chunk_records(1, [entry(kind="medication", display="Amoxicillin 500 MG Oral Tablet")])
    assert "amoxicilina" in chunk.names
    assert {"amoxicillin", "penicillin", "antibiotic"} <= set(chunk.concepts)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"precision": "year"}, "2020 · Resultado"),
        ({"precision": "month"}, "2020-03 · Resultado"),
        ({"started_on": None}, "sin fecha · Resultado"),
        ({"ended_on": date(2021, 1, 1)}, "2020-03-02 a 2021-01-01 · Resultado"),
        ({"ended_on": date(2020, 3, 2)}, "2020-03-02 · Resultado"),
        ({"kind": "goal"}, "2020-03-02 · goal"),
        ({"value_text": "Never smoker"}, ": Never smoker"),
        ({"range_low": 4.0}, "rango 4 –"),
        ({"range_high": 6.0}, "rango – 6"),
        ({"display": "hemoglobina glicosilada"}, "· hemoglobina glicosilada"),
        ({"display": "Unheard of"}, "· Unheard of"),
        ({"verification": "refuted"}, "verificación refuted"),
    ],
)
def test_what_is_not_known_is_not_said(entry: Any, fields: dict[str, Any], text: str) -> None:
    """A line says no more than the record: dates as precise, ranges as open, and no empty parts."""
    (chunk,) = chunk_records(1, [entry(**fields)])
    assert text in chunk.text
    assert "None" not in chunk.text
    assert "()" not in chunk.text


def test_components_are_told_in_their_observation_and_results_in_their_report(entry: Any) -> None:
    """A component has no chunk of its own; a report's result has, and stands in the report's as well."""
    records = [
        entry(id=1, fhir_id="Observation/bp", display="Blood Pressure"),
        entry(
            id=2, fhir_id="Observation/bp#0", parent_id=1, display="Systolic Blood Pressure", value=120, unit="mm[Hg]"
        ),
        entry(id=3, fhir_id="DiagnosticReport/cbc", kind="report", display="Complete blood count"),
        entry(id=4, fhir_id="Observation/hb", parent_id=3, display="Hemoglobin", value=13.5, unit="g/dL"),
    ]
    texts = {chunk.record_id: chunk for chunk in chunk_records(1, records)}
    assert set(texts) == {1, 3, 4}
    assert "Systolic Blood Pressure 120 mm[Hg]" in texts[1].text
    assert "systolic-blood-pressure" in texts[1].concepts
    assert "Hemoglobin 13.5 g/dL" in texts[3].text


def test_what_is_very_frequent_is_told_by_year(entry: Any) -> None:
    """Many records of one name make a few chunks, each of a year, that hold every day and span it."""
    days = [date(2018, 11, 1) + timedelta(days=3 * number) for number in range(OFTEN * 3)]
    records = [
        entry(id=number, fhir_id=f"Procedure/{number}", kind="procedure", display="Renal dialysis", started_on=day)
        for number, day in enumerate(days)
    ] + [entry(id=999, fhir_id="Procedure/undated", kind="procedure", display="Renal dialysis", started_on=None)]
    chunks = chunk_records(1, records)
    assert len(chunks) < 8
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert all(str(day) in "".join(chunk.text for chunk in chunks) for day in days)
    of_2018 = next(chunk for chunk in chunks if chunk.text.startswith("2018"))
    assert (of_2018.earliest, of_2018.date) == (days[0], max(day for day in days if day.year == 2018))
    assert any(chunk.text.startswith("sin fecha") for chunk in chunks)


def test_a_text_is_split_under_a_head_that_says_what_it_is(entry: Any) -> None:
    """Each passage of a note begins with its day and kind, and has an id of its own."""
    chunks = chunk_records(
        1, [entry(kind="document", display="History and physical note", body="# Plan\n" + "Reposo y agua. " * 200)]
    )
    assert len(chunks) > 2
    assert [chunk.id for chunk in chunks] == [f"Observation/1~{number}" for number in range(len(chunks))]
    assert all(chunk.text.startswith("2020-03-02 · Documento · History and physical note") for chunk in chunks)
    assert all("\nPlan: " in chunk.text for chunk in chunks)
    assert {chunk.topic for chunk in chunks} == {""}


def test_a_blank_text_leaves_the_head(entry: Any) -> None:
    """A note without words is still an entry."""
    (chunk,) = chunk_records(1, [entry(kind="document", display="Note", body="  ")])
    assert chunk.text.startswith("2020-03-02 · Documento · Note")


def test_the_newest_are_kept_when_there_are_too_many(entry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patient's chunks are bounded."""
    monkeypatch.setattr(chunking, "MOST_CHUNKS", 2)
    records = [
        entry(id=year, fhir_id=f"Observation/{year}", display=f"Thing {year}", started_on=date(year, 1, 1))
        for year in (2001, 2003, 2002)
    ]
    assert [chunk.record_id for chunk in chunk_records(1, records)] == [2003, 2002]


@given(
    entries=st.lists(
        st.tuples(
            st.sampled_from(["Hemoglobin", "Urea", "x" * 2000]),
            st.dates(date(2000, 1, 1), date(2003, 1, 1)),
            st.text(max_size=80),
        ),
        max_size=60,
    ),
    random=st.randoms(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_are_stable_and_sizes_bounded(entry: Any, entries: list[tuple[str, date, str]], random: Any) -> None:
    """Whatever the order of the records, ids are the same, unique, and texts are bounded."""
    records = [
        entry(id=number, fhir_id=f"Observation/{number}", display=display, started_on=day, value_text=text)
        for number, (display, day, text) in enumerate(entries)
    ]
    chunks = chunk_records(1, records)
    random.shuffle(records)
    assert {chunk.id for chunk in chunk_records(1, records)} == {chunk.id for chunk in chunks}
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert all(len(chunk.text) <= 2 * PASSAGE_SIZE for chunk in chunks)
