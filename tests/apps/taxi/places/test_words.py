from __future__ import annotations

from smarthealth.apps.taxi.places.words import words_of


def test_words_know_where_they_stand() -> None:
    """Numbers and their letters are words of their own."""
    text = "Cra. 43B #20"
    assert [(word.text, text[word.start : word.end]) for word in words_of(text)] == [
        ("cra", "Cra"),
        (".", "."),
        ("43", "43"),
        ("b", "B"),
        ("#", "#"),
        ("20", "20"),
    ]
