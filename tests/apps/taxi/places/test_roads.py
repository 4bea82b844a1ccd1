from __future__ import annotations

from smarthealth.apps.taxi.places import roads
from smarthealth.apps.taxi.places.address import CROSSED_BY
from smarthealth.apps.taxi.places.folding import fold


def test_tables_hold_folded_words() -> None:
    """What is looked up is folded, so what is found must be; and no word is a road and a complement."""
    tables = (roads.ROADS, roads.SHORT_ROADS, roads.NAMED_ROADS, roads.QUADRANTS, roads.COMPLEMENTS)
    assert [word for table in tables for word in table if fold(word) != word] == []
    assert not set(roads.ROADS) & set(roads.COMPLEMENTS)
    assert set(CROSSED_BY) <= set(roads.ROADS.values())
    assert roads.DOUBTFUL_LETTERS <= roads.LETTERS
