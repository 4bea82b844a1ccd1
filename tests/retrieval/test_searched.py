"""The words by which a chunk is found."""

from __future__ import annotations

from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.searched import concept_word, searched_text


def test_a_chunk_is_found_by_its_text_its_names_and_its_concepts() -> None:
    """A concept's word stands in what is searched, is short, and is the same everywhere."""
    chunk = Chunk(
        id="a",
        patient_id=1,
        record_id=2,
        kind="medication",
        date=None,
        text="Amoxicillin 500 MG",
        names="amoxicilina",
        concepts=("antibiotic",),
    )
    assert searched_text(chunk) == f"Amoxicillin 500 MG amoxicilina {concept_word('antibiotic')}"
    assert concept_word("antibiotic") == "zc79030449571653987"
