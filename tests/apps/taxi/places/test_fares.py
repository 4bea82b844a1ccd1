from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from smarthealth.apps.taxi.places.fares import load_fares, pesos
from smarthealth.apps.taxi.places.files import read_rows, read_toml

SECTORS = [sector["name"] for zone in read_toml("zones.toml")["zone"] for sector in zone["sector"]]


def test_every_pair_of_sectors_has_one_fare() -> None:
    """In either direction the same, and never less than within a sector."""
    fares = load_fares()
    assert len(read_rows("fares.tsv")) == len(list(combinations_with_replacement(SECTORS, 2)))
    for one, other in combinations_with_replacement(SECTORS, 2):
        assert fares.between(one, other) == fares.between(other, one)
        assert fares.between(one, other).pesos >= fares.between(other, other).pesos - 1000


def test_a_fare_without_a_pickup_is_an_estimate() -> None:
    """For a trip within the sector of its destination."""
    fares = load_fares()
    estimate = fares.between(None, "Soledad")
    assert (estimate.is_estimate, estimate.pesos) == (True, fares.between("Soledad", "Soledad").pesos)
    assert not fares.between("Soledad", "Galapa").is_estimate
    with pytest.raises(KeyError):
        fares.between(None, "Malambo")


def test_amounts_are_written_as_in_colombia() -> None:
    """With points for thousands."""
    assert (pesos(29_500), pesos(950), load_fares().between("Soledad", "Galapa").text) == ("$29.500", "$950", "$31.500")
