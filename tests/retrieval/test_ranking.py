"""From the rows of two searches to one result."""

from __future__ import annotations

from datetime import date

import attrs

from smarthealth.retrieval.glossary import load_glossary
from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.ranking import ALIKE, Terms, rank, terms_of
from smarthealth.retrieval.rows import Row
from smarthealth.retrieval.searched import concept_word

GLOSSARY = load_glossary()
NOTHING = Terms(terms=(), words="")


def row(name: str, *, day: date | None = None, topic: str = "", text: str = "", concepts: tuple[str, ...] = ()) -> Row:
    """A row of patient 1."""
    chunk = Chunk(
        id=name,
        patient_id=1,
        record_id=1,
        kind="condition",
        date=day,
        text=text or name,
        topic=topic,
        concepts=concepts,
    )
    return Row(chunk=chunk, written=1)


def near(*rows: Row) -> list[Row]:
    """Rows of the vector search, each a little less similar than the one before."""
    return [attrs.evolve(one, similarity=0.9 - place / 10) for place, one in enumerate(rows)]


def worded(*rows: Row) -> list[Row]:
    """Rows of the search for words, likewise."""
    return [attrs.evolve(one, bm25=9.0 - place) for place, one in enumerate(rows)]


def test_what_both_searches_find_comes_first() -> None:
    """The rankings are fused: being in both counts for more than being first in one."""
    result = rank(near(row("a"), row("b")), worded(row("c"), row("b")), NOTHING, limit=8, vectors_searched=True)
    assert [hit.chunk.id for hit in result.hits] == ["b", "a", "c"]
    assert result.vectors_searched
    assert all(0 < hit.score <= 1 for hit in result.hits)


def test_without_vectors_words_alone_are_ranked() -> None:
    """When the embedding model failed there is no similarity, and the first in words scores one."""
    result = rank([], worded(row("a"), row("b")), NOTHING, limit=1, vectors_searched=False)
    assert [(hit.chunk.id, hit.score, hit.similarity) for hit in result.hits] == [("a", 1.0, None)]
    assert not result.vectors_searched


def test_of_equal_scores_the_newer_comes_first() -> None:
    """Alike chunks are told from the latest backwards, those without a date last."""
    rows = [attrs.evolve(row(str(year), day=date(year, 1, 1)), bm25=5.001) for year in (2001, 2003, 2002)]
    undated = attrs.evolve(row("none"), bm25=5.0)
    result = rank([], [undated, *rows], NOTHING, limit=8, vectors_searched=False)
    assert [hit.chunk.id for hit in result.hits] == ["2003", "2002", "2001", "none"]


def test_only_the_newest_writing_of_a_patient_counts() -> None:
    """Between the two commits of a replacement the older rows are not shown."""
    old = row("a", text="old")
    new = attrs.evolve(row("a", text="new"), written=2)
    result = rank(near(old, new), worded(old), NOTHING, limit=8, vectors_searched=True)
    assert [hit.chunk.text for hit in result.hits] == ["new"]


def test_one_topic_does_not_fill_the_result() -> None:
    """Of alike chunks a few are shown while there are others, and more only if there is room."""
    same = [row(f"s{number}", topic="same") for number in range(6)]
    rows = worded(*same, row("other", topic="other"), row("third", topic=""))
    few = rank([], rows, NOTHING, limit=ALIKE + 2, vectors_searched=False)
    assert [hit.chunk.id for hit in few.hits] == ["s0", "s1", "s2", "other", "third"]
    assert len(rank([], rows, NOTHING, limit=8, vectors_searched=False).hits) == 8


def test_terms_are_concepts_and_the_words_beside_them() -> None:
    """A question's terms are its concepts, one for each place, and its other content words."""
    terms = terms_of("¿Tiene hipertensión en la rodilla izquierda?", GLOSSARY)
    assert len(terms.terms) == 3
    assert concept_word("hypertension") in terms.words
    assert {"knee", "rodilla", "izquierda"} <= set(terms.words.split())


def test_terms_held_are_counted_by_any_synonym() -> None:
    """A chunk holds a term by its concepts, broader ones included, or by a cognate or a translation."""
    terms = terms_of("antibióticos rodilla zapatero", GLOSSARY)
    held = row("a", text="Amoxicillin for the knee", concepts=("amoxicillin", "antibiotic"))
    hits = rank([], worded(held, row("b", text="nothing")), terms, limit=2, vectors_searched=False).hits
    assert [hit.matched_terms for hit in hits] == [2, 0]


def test_nothing_found_is_an_empty_result() -> None:
    """Two empty searches make an empty result that still tells how many terms were asked for."""
    result = rank([], [], terms_of("fiebre", GLOSSARY), limit=8, vectors_searched=True)
    assert (result.hits, result.terms) == ((), 1)
