"""The car that the manual is of."""

from __future__ import annotations

import re

from smarthealth.apps.support.knowledge.car import Trim, Version, any_of, load_car, read_car
from smarthealth.apps.support.knowledge.lexicon import load_lexicon
from smarthealth.apps.support.knowledge.library import manual_sources
from smarthealth.apps.support.knowledge.values import KINDS
from smarthealth.retrieval.words import fold


def test_the_manual_has_its_names() -> None:
    """Rows that end with each version, each trim, its maker's and its own name, what it prints; a version has a thing of the lexicon, or a word."""
    sources = manual_sources()
    names = [source.name.partition("; ")[0] for source in sources if source.kind == "row"]
    things = {concept.id for concept in load_lexicon().all}
    for version in load_car().versions:
        assert any(name.endswith(f", {version.row}") for name in names)
        assert version.thing in things if version.thing else version.word
    text = " ".join(source.text for source in sources if source.kind != "row")
    assert all(re.search(rf"\b{trim.name}\b", text) for trim in load_car().trims)
    assert f"{load_car().maker} {load_car().model}" in text
    for kind, words in load_car().printed.items():
        assert kind in KINDS
        assert all(re.search(rf"\b{word}\b", fold(text)) for word in words)


def test_a_trim_is_known_by_its_name() -> None:
    """With its capital where the name is a common word, and not where what follows makes it that."""
    trim = Trim(name="Aire", common=True, unless=("acond",))
    assert [bool(re.search(trim.pattern, text)) for text in ("el Aire", "el aire", "Aire acondicionado")] == [1, 0, 0]
    assert re.search(Trim(name="Brisa").pattern, "la BRISA")


def test_another_car_takes_another_file() -> None:
    """One that is built in one way alone names none; nothing is told apart by what is not there."""
    name = {"maker": "Éole", "model": "Vent 2"}
    car = read_car({**name, "version": [{"name": "diesel", "row": "D", "thing": "diesel"}], "trim": [{"name": "Base"}]})
    assert car.names == {"eole", "vent", "2"}
    assert car.versions == (Version(name="diesel", row="D", thing="diesel"),)
    assert car.trims == (Trim(name="Base"),)
    plain = read_car(name)
    assert (plain.versions, plain.trims, plain.printed) == ((), (), {})
    assert re.search(any_of(()), "anything") is None
