import numpy as np
import pytest

from smarthealth.llm.errors import ModelUnavailable
from smarthealth.testing.conformance import check_embedder
from smarthealth.testing.embedder import HashedWordsEmbedder, hashed_vector


async def test_the_fake_is_an_embedder() -> None:
    """It does what every embedder must."""
    await check_embedder(HashedWordsEmbedder())


def test_texts_that_share_words_are_near_each_other() -> None:
    """The same words in any order and case are the same, some are near, none are far."""
    vector = hashed_vector("alergia a la penicilina", 256)
    assert np.allclose(vector, hashed_vector("Penicilina a LA alergia", 256), atol=1e-6)
    near = float(vector @ hashed_vector("alergia a la aspirina", 256))
    far = float(vector @ hashed_vector("presión arterial", 256))
    assert near > 0.5 > 0.3 > far


async def test_failures_and_texts_are_those_of_the_test() -> None:
    """A test decides which calls fail, and sees what was asked."""
    embedder = HashedWordsEmbedder(8, name="mine")
    embedder.failures.append(ModelUnavailable("scripted"))
    with pytest.raises(ModelUnavailable):
        await embedder.embed(["lost"])
    await embedder.embed(["a", "b"])
    assert (embedder.texts, embedder.name, embedder.dimensions) == (["a", "b"], "mine", 8)
