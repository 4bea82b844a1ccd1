"""What a text is found by."""

from __future__ import annotations

from smarthealth.apps.support.knowledge.features import features, form, naming_words


def test_a_text_is_found_by_words_things_and_meanings() -> None:
    """Things and meanings are those of both languages."""
    english, spanish = features("tighten the wheel nuts"), features("apretar las tuercas de la rueda")
    assert {"#wheel-bolts", "~nut"} <= english
    assert "#wheel-bolts" in spanish
    assert {one for one in english & spanish if one[0] == "="}


def test_numbers_are_found_however_they_are_written() -> None:
    """The size of a rim with and without its R, thousands with and without a sign."""
    assert {"~r18", "~18"} <= features("225/45 R18")
    assert features("15,000 km") == features("15.000 km") == features("15000 km")
    assert form("1,5") == form("1.5")


def test_words_that_name_something_are_told_with_all_their_ways() -> None:
    """The others are left out."""
    (fuse, ways), (horn, _) = naming_words("¿Qué fusible es el de la bocina?")
    assert (fuse, horn) == (f"~{form('fusible')}", f"~{form('bocina')}")
    assert {"#fuse", fuse} <= ways
    assert naming_words("please tell me") == []
