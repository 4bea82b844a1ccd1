"""Patients are found by any of their documents and listed for a chooser."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.storage.patients import (
    DOCUMENT_TYPES,
    IndexState,
    Patients,
    display_name,
    fold_name,
    normalise_document,
)
from smarthealth.storage.pool import Pool


async def add_patient(pool: Pool, name: str, *documents: tuple[int, str], born: date | None = None) -> int:
    """Store a patient with documents, the first the best known; the patient's id."""
    row = await pool.fetch_one(
        "insert into patient (fhir_id, full_name, search_name, birth_date) values (%s, %s, %s, %s) returning id",
        [f"Patient/{name}", name, fold_name(name), born],
    )
    assert row is not None
    for rank, (kind, number) in enumerate(documents):
        await pool.execute(
            "insert into patient_identifier (document_type, document_number, patient_id, written_as, rank) values (%s, %s, %s, %s, %s)",
            [kind, normalise_document(number), row[0], number, rank],
        )
    return int(row[0])


def test_document_types_are_the_table_of_the_wire() -> None:
    """The thirteen types have the numbers that clients send."""
    assert [kind.code for kind in DOCUMENT_TYPES.values()] == [
        "CC",
        "CE",
        "TI",
        "PA",
        "RC",
        "MS",
        "AS",
        "CD",
        "PE",
        "PT",
        "SC",
        "CN",
        "DE",
    ]
    assert list(DOCUMENT_TYPES) == list(range(1, 14))
    assert DOCUMENT_TYPES[8].name == "Carné diplomático"


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("30995750", "30995750"),
        (" 30.995-750 ", "30995750"),
        ("av\u00a0482\u2013913", "AV482913"),
        ("00123", "00123"),
        ("１２３", "123"),
        (".-", ""),
    ],
)
def test_document_numbers_are_compared_without_ornament(written: str, compared: str) -> None:
    """Spaces, dots and hyphens do not count, nor case; leading zeros do."""
    assert normalise_document(written) == compared


@pytest.mark.parametrize(
    ("name", "displayed", "folded"),
    [
        ("Liane379 Kunze215", "Liane Kunze", "liane kunze"),
        ("Raúl Gómez PhD", "Raúl Gómez PhD", "raul gomez phd"),
        ("Clarine O'Keefe", "Clarine O'Keefe", "clarine o keefe"),
        ("Ñáñez3 II", "Ñáñez II", "nanez ii"),
        ("7of9", "7of", "7of"),
    ],
)
def test_names_are_shown_and_looked_up_without_glued_digits(name: str, displayed: str, folded: str) -> None:
    """Digits that generated records glue to words are neither shown nor looked up; accents are shown."""
    assert (display_name(name), fold_name(name)) == (displayed, folded)


async def test_a_patient_is_found_by_any_document(pool: Pool) -> None:
    """Each document finds the patient, in any spelling, and is told as the record writes it."""
    laura = await add_patient(pool, "Laura Morales", (8, "30995750"), (4, "AV-482913"), born=date(1968, 5, 14))
    found = await Patients(pool).find(8, "30.995.750")
    assert found is not None
    assert (found.id, found.document_type, found.document_number) == (laura, 8, "30995750")
    assert (found.full_name, found.birth_date, found.deceased) == ("Laura Morales", date(1968, 5, 14), False)
    passport = await Patients(pool).find(4, "av482913")
    assert passport is not None
    assert (passport.id, passport.document_number) == (laura, "AV-482913")


@pytest.mark.parametrize(
    ("kind", "number"), [(1, "30995750"), (8, "30995751"), (14, "30995750"), (8, " - "), (8, "30995750\0")]
)
async def test_nobody_is_found_by_another_document(pool: Pool, kind: int, number: str) -> None:
    """Type and number must both be right; what is no document finds nobody."""
    await add_patient(pool, "Laura Morales", (8, "30995750"))
    assert await Patients(pool).find(kind, number) is None


async def test_a_patient_is_known_by_the_best_document(pool: Pool) -> None:
    """By id a patient comes with the document of the lowest rank; without any document there is nobody to show."""
    laura = await add_patient(pool, "Laura Morales", (8, "30995750"), (4, "AV482913"))
    nobody = await add_patient(pool, "No Document")
    found = await Patients(pool).get(laura)
    assert found is not None
    assert (found.document_type, found.document_number) == (8, "30995750")
    assert await Patients(pool).get(nobody) is None


async def test_patients_are_listed_page_by_page(pool: Pool) -> None:
    """Pages follow one another in order of name, without those who have no document."""
    for number, name in enumerate(("Zoe", "Ana", "ana", "Óscar", "Bea")):
        await add_patient(pool, f"{name} X{number}", (1, f"{number}"))
    await add_patient(pool, "Nobody")
    patients = Patients(pool)
    first = await patients.list(2)
    second = await patients.list(2, after=first.next_after)
    third = await patients.list(2, after=second.next_after)
    names = [info.full_name for page in (first, second, third) for info in page.patients]
    assert names == ["Ana X1", "ana X2", "Bea X4", "Óscar X3", "Zoe X0"]
    assert third.next_after is None


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("mor", ["Laura Morales", "Luis Morán"]),
        ("LAU mor", ["Laura Morales"]),
        ("morán lu", ["Luis Morán"]),
        ("morales laura", ["Laura Morales"]),
        ("30.995", ["Laura Morales"]),
        ("av4", ["Laura Morales"]),
        ("1_", []),
        ("%", []),
        ("---", []),
        ("' or 1=1", []),
        ("nobody", []),
        ("\0", ["Laura Morales", "Luis Morán"]),
        ("  ", ["Laura Morales", "Luis Morán"]),
        (None, ["Laura Morales", "Luis Morán"]),
    ],
)
async def test_patients_are_searched_by_beginnings(pool: Pool, search: str | None, names: list[str]) -> None:
    """Beginnings of names, in any order and without accents, or of any document number find a patient."""
    await add_patient(pool, "Laura Morales", (8, "30995750"), (4, "AV482913"))
    await add_patient(pool, "Luis Morán", (1, "123"))
    assert [info.full_name for info in (await Patients(pool).list(search=search)).patients] == names


async def test_records_are_counted_by_resource(pool: Pool) -> None:
    """Components are parts of their observation and not counted apart."""
    laura = await add_patient(pool, "Laura")
    for name, component in (("Observation/1", None), ("Observation/1#0", 0), ("Condition/1", None)):
        await pool.execute(
            "insert into record (patient_id, kind, fhir_id, component, display) values (%s, 'observation', %s, %s, 'x')",
            [laura, name, component],
        )
    assert await Patients(pool).count_records(laura) == 2
    assert await Patients(pool).count_records(laura + 1) == 0
    assert await Patients(pool).ids_with_records() == {laura}


async def test_the_index_is_told_who_waits(pool: Pool) -> None:
    """A patient waits for the index until it holds the revision that is here."""
    patients = Patients(pool)
    ana, bea = await add_patient(pool, "Ana"), await add_patient(pool, "Bea")
    assert await patients.to_index(10) == (IndexState(id=ana, revision=1), IndexState(id=bea, revision=1))
    assert await patients.count_to_index() == 2
    assert await patients.mark_indexed(IndexState(id=ana, revision=1))
    assert await patients.mark_indexed(IndexState(id=bea, revision=1))
    assert not await patients.mark_indexed(IndexState(id=bea + 1, revision=1))
    assert await patients.to_index(10) == ()
    await pool.execute("update patient set revision = revision + 1 where id = %s", [bea])
    assert [state.id for state in await patients.to_index(10)] == [bea]
    assert await patients.forget_indexed([ana]) == 1
    assert [state.id for state in await patients.to_index(1)] == [ana]
    assert await patients.forget_indexed() == 1
    assert await patients.existing([ana, bea + 1]) == {ana}
