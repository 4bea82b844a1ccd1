"""Who is of a profession."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smarthealth.storage.pool import Pool

    from .conftest import Add, Ask


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("¿Quién fue la anestesióloga?", ("Dra. Nohora Plata (anestesióloga)",)),
        ("Which surgeon did she see?", ("Dr. Sol",)),
        ("Who is her cardiologist?", ("Dr. Ivo",)),
        ("Who was the doctor?", ("Dr. Ivo", "Dr. Sol", "Dra. Nohora Plata (anestesióloga)")),
    ],
)
async def test_one_is_known_by_name_role_or_specialty(
    pool: Pool, add: Add, ask: Ask, question: str, people: tuple[str, ...]
) -> None:
    """Those of the profession alone are named; `the doctor` may be anybody."""
    visit = await add("encounter", "Hospital admission")
    for name, specialty, role in (
        ("Dra. Nohora Plata (anestesióloga)", None, "participant"),
        ("Dr. Sol", None, "surgeon"),
        ("Dr. Ivo", "Cardiology", "participant"),
    ):
        row = await pool.fetch_one(
            "insert into practitioner (fhir_id, full_name, specialty) values (%(name)s, %(name)s, %(specialty)s) returning id",
            {"name": name, "specialty": specialty},
        )
        assert row is not None
        await pool.execute(
            "insert into attendance (record_id, practitioner_id, role) values (%(visit)s, %(who)s, %(role)s)",
            {"visit": visit, "who": row[0], "role": role},
        )
    told = {person for fact in await ask(question) for item in fact.items for person in (item.people or (item.name,))}
    assert told == set(people)


async def test_nobody_of_the_profession(add: Add, ask: Ask) -> None:
    """Where nobody is known to be of it, the visits of that specialty are looked for."""
    await add("encounter", "Urology consultation")
    assert [fact.say for fact in await ask("Which urologist did she see?")] == ["who"]


async def test_of_those_who_did_something_one_is_of_the_profession(pool: Pool, add: Add, ask: Ask) -> None:
    """Who was the anesthesiologist of an operation: not the surgeon."""
    done = await add("procedure", "Appendectomy")
    for name in ("Dr. Sol", "Dra. Plata (anestesióloga)"):
        row = await pool.fetch_one(
            "insert into practitioner (fhir_id, full_name) values (%(name)s, %(name)s) returning id", {"name": name}
        )
        assert row is not None
        await pool.execute(
            "insert into attendance (record_id, practitioner_id) values (%(done)s, %(who)s)",
            {"done": done, "who": row[0]},
        )
    (fact,) = await ask("¿Qué anestesióloga hubo en la apendicectomía?")
    assert [item.people for item in fact.items] == [("Dra. Plata (anestesióloga)",)]


async def test_one_whose_entries_are_gone(pool: Pool, add: Add, ask: Ask) -> None:
    """Who attended only what is no longer on record did nothing that could be told."""
    team = await add("family", "Mother")
    row = await pool.fetch_one(
        "insert into practitioner (fhir_id, full_name) values ('p', 'Dr. Ivo, urologist') returning id"
    )
    assert row is not None
    await pool.execute(
        "insert into attendance (record_id, practitioner_id) values (%(team)s, %(who)s)", {"team": team, "who": row[0]}
    )
    assert [fact.say for fact in await ask("Which urologist did she see?")] == ["absent"]
