"""The offline embedding model."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.glossary import load_glossary
from smarthealth.retrieval.hashing import HashedEmbedder

EMBEDDER = HashedEmbedder(load_glossary())


def cosine(one: str, other: str) -> float:
    """Cosine similarity of two texts."""
    first, second = EMBEDDER.embed_now([one, other])
    return float(first @ second)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("¿Cuál es el azúcar en sangre?", "Glucose: 90 mg/dL", "Body Height: 170 cm"),
        ("¿Toma antibióticos?", "Amoxicillin 500 MG Oral Tablet", "Simvastatin 10 MG Oral Tablet"),
        ("¿Toma metotrexato?", "Methotrexate 2.5 MG Oral Tablet", "Cisplatin 50 MG Injection"),
        ("presión alta", "Essential hypertension (disorder)", "Acute bronchitis (disorder)"),
    ],
)
def test_a_spanish_question_is_nearer_to_the_english_record_it_means(question: str, near: str, far: str) -> None:
    """Concepts, broader concepts and cognates bring the languages together."""
    assert cosine(question, near) > cosine(question, far) + 0.05


async def test_vectors_are_of_unit_length_and_one_for_each_text() -> None:
    """Many texts, few texts and texts without words have vectors of length one."""
    texts = ["glucosa", "", "123", "?"] * 200
    vectors = await EMBEDDER.embed(texts)
    assert vectors.shape == (len(texts), EMBEDDER.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[:2], await EMBEDDER.embed(texts[:2]))


def test_vectors_are_the_same_in_another_process() -> None:
    """Neither the process nor its hash seed changes a vector."""
    script = (
        "from smarthealth.retrieval.hashing import HashedEmbedder;"
        "print(HashedEmbedder().embed_now(['presión arterial 120 mmHg'])[0].tobytes().hex())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert runs == {EMBEDDER.embed_now(["presión arterial 120 mmHg"])[0].tobytes().hex()}


def test_the_name_tells_the_version() -> None:
    """An index built by another version has another name."""
    assert EMBEDDER.name.startswith("smarthealth-hashed-")


@given(st.text(max_size=200))
def test_every_text_has_a_vector(text: str) -> None:
    """Whatever the text, its vector is finite and of unit length."""
    (vector,) = EMBEDDER.embed_now([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
