"""Every contender does the work it is timed for."""

from __future__ import annotations

import importlib.util

import pytest

from loadtest.runtime.measure import Row, Way
from loadtest.runtime.rows import FEW_LEAVES, OURS, all_rows

SMALL = {"ask, 100 pairs": 200, "ring of 100, a hop": 250, "skynet 100k, a leaf": 100, "skynet 10k, waited for": 100}
UNITS = 7
ROWS = all_rows(None)


@pytest.mark.parametrize(
    ("row", "way"), [pytest.param(row, way, id=f"{row.name}: {way.name}") for row in ROWS for way in row.ways]
)
def test_every_way_ends_and_takes_time(row: Row, way: Way) -> None:
    """Each way of each row does a few units to their end, and what they took is more than nothing."""
    assert way.work(SMALL.get(row.name, UNITS)) > 0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_ours_is_first_and_aims_name_somebody(row: Row) -> None:
    """The first way of a row is ours, and whom an aim compares us with takes part."""
    assert row.ways[0].name == OURS
    assert set(row.aims) <= {way.name for way in row.ways}


def test_pykka_takes_part_where_it_is_installed() -> None:
    """A peer that is an optional dependency is left out when it is not there; one of threads has a smaller tree."""
    names = {way.name: way.count for row in ROWS for way in row.ways if row.name.startswith("skynet 100k")}
    installed = importlib.util.find_spec("pykka") is not None
    assert names.get("pykka") == (FEW_LEAVES if installed else None)
