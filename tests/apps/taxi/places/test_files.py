from __future__ import annotations

from smarthealth.apps.taxi.places.files import read_rows, read_toml


def test_tables_are_read_without_comments() -> None:
    """TOML as it is; of tab-separated files the cells."""
    assert [zone["name"] for zone in read_toml("zones.toml")["zone"]] == [
        "Barranquilla",
        "Soledad",
        "Puerto Colombia",
        "Galapa",
    ]
    rows = read_rows("fares.tsv")
    assert {len(row) for row in rows} == {3}
    assert not any(row[0].startswith("#") for row in rows)
