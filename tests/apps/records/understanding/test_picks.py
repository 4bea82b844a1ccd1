"""Which of the entries is meant."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.picks import find_pick, find_threshold
from smarthealth.apps.records.understanding.question import Order, Pick, Threshold


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("ultimo §§§§", Pick(order=Order.LATEST)),
        ("§§§§ mas reciente", Pick(order=Order.LATEST)),
        ("when was the last time", Pick(order=Order.LATEST)),
        ("valor actual de §§§", Pick(order=Order.LATEST)),
        ("penultimo §§§§", Pick(order=Order.LATEST, nth=2)),
        ("second to last §§§", Pick(order=Order.LATEST, nth=2)),
        ("antepenultima §§§", Pick(order=Order.LATEST, nth=3)),
        ("las tres ultimas §§§", Pick(order=Order.LATEST, count=3)),
        ("last 5 §§§", Pick(order=Order.LATEST, count=5)),
        ("las 2 §§§ mas recientes", Pick(order=Order.LATEST, count=2)),
        ("primer §§§", Pick(order=Order.FIRST)),
        ("baseline §§§", Pick(order=Order.FIRST)),
        ("first two §§§", Pick(order=Order.FIRST, count=2)),
        ("las dos primeras §§§", Pick(order=Order.FIRST, count=2)),
        ("la segunda §§§", Pick(order=Order.FIRST, nth=2)),
        ("third §§§", Pick(order=Order.FIRST, nth=3)),
        ("§§§ mas alta", Pick(order=Order.HIGHEST)),
        ("peak §§§", Pick(order=Order.HIGHEST)),
        ("peor §§§", Pick(order=Order.HIGHEST)),
        ("minimo de §§§", Pick(order=Order.LOWEST)),
        ("all-time low", Pick(order=Order.LOWEST)),
        ("mejor §§§", Pick(order=Order.LOWEST)),
        ("el mas frecuente", Pick(order=Order.FREQUENT)),
    ],
)
def test_words_of_order_pick_entries(text: str, pick: Pick) -> None:
    """Ordinals, superlatives and numbers are read in both languages."""
    found = find_pick(text)
    assert found is not None
    assert found.pick == pick


@pytest.mark.parametrize("text", ["cuantas §§§ hay", "§§§ de 30 segundos"])
def test_without_such_words_all_are_meant(text: str) -> None:
    """Nothing is picked; seconds are no ordinals."""
    assert find_pick(text) is None


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ("§§§ mayor de 140", Threshold(above=True, value=140)),
        ("§§§ above 6.5", Threshold(above=True, value=6.5)),
        ("§§§ por debajo de 3,5", Threshold(above=False, value=3.5)),
        ("§§§ > 100", Threshold(above=True, value=100)),
        ("§§§ <= 90", Threshold(above=False, value=90)),
        ("did §§§ go over 126", Threshold(above=True, value=126)),
    ],
)
def test_a_number_may_be_a_threshold(text: str, threshold: Threshold) -> None:
    """Values above or below a number are asked for in many ways."""
    found = find_threshold(text)
    assert found is not None
    assert found.threshold == threshold


@pytest.mark.parametrize("text", ["mas de 3 veces", "menos de 2 anos", "§§§ de 140"])
def test_times_and_lengths_of_time_are_no_thresholds(text: str) -> None:
    """More than three times is no value."""
    assert find_threshold(text) is None
