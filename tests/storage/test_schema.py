from __future__ import annotations

from pathlib import Path

from smarthealth.storage.pool import Pool

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "database.md"

UNINDEXED_REFERENCES = """
select conrelid::regclass::text, conname from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
    select from pg_index
    where indrelid = conrelid and (indkey::int2[])[0:cardinality(conkey) - 1] operator(pg_catalog.@>) conkey
)
"""


async def test_every_table_is_described(pool: Pool) -> None:
    """The reference names every table of the database, and none that is not there."""
    text = REFERENCE.read_text(encoding="utf-8")
    section = text.partition("## Tables")[2].partition("\n## ")[0]
    described = {
        name.strip("` ")
        for line in section.splitlines()
        if line.startswith("| `")
        for name in line.split("|")[1].split(",")
    }
    rows = await pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    assert described == {name for (name,) in rows}


async def test_every_reference_has_an_index(pool: Pool) -> None:
    """Deleting a row never searches the whole of a table that refers to it."""
    assert await pool.fetch(UNINDEXED_REFERENCES) == []
