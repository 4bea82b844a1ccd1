"""The index is opened in the data folder, as one of this database and of this model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from smarthealth.bootstrap.index import index_folder, make_index, open_index
from smarthealth.bootstrap.stores import Stores
from smarthealth.llm.errors import ModelUnavailable
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.model import Chunk, IndexState
from smarthealth.storage.pool import Pool

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings

CHUNK = Chunk(id="1", patient_id=1, record_id=1, kind="condition", date=None, text="Asthma")


class FailingEmbedder(HashedEmbedder):
    """A provider that has gone away."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Fail as a provider does."""
        raise ModelUnavailable("gone")


async def test_an_index_is_found_again(make_settings: MakeSettings, pool: Pool) -> None:
    """What was written is there at the next start, and it lies in the data folder."""
    settings = make_settings()
    index = await open_index(settings, Stores.over(pool), HashedEmbedder())
    assert index.state is IndexState.MISSING
    await index.reset()
    await index.replace_patients({1: [CHUNK]})
    again = await open_index(settings, Stores.over(pool), HashedEmbedder())
    assert (again.state, await again.patients()) == (IndexState.READY, {1})
    assert index_folder(settings).parent == settings.general.data


async def test_an_index_is_opened_by_its_first_use(make_settings: MakeSettings, pool: Pool) -> None:
    """A server makes the index without looking at it, and whoever uses it first finds what is there."""
    settings = make_settings()
    written = await open_index(settings, Stores.over(pool), HashedEmbedder())
    await written.reset()
    await written.replace_patients({1: [CHUNK]})
    index = await make_index(settings, Stores.over(pool), HashedEmbedder())
    assert index.state is IndexState.UNOPENED
    assert [hit.chunk.text for hit in (await index.search(1, "asthma")).hits] == ["Asthma"]


async def test_an_index_of_another_database_is_outdated(make_settings: MakeSettings, pool: Pool) -> None:
    """Numbers of patients mean others in another database, so its index is not searched."""
    settings = make_settings()
    await (await open_index(settings, Stores.over(pool), HashedEmbedder())).reset()
    await pool.execute("delete from installation")
    assert (await open_index(settings, Stores.over(pool), HashedEmbedder())).state is IndexState.OUTDATED


async def test_without_its_model_the_index_goes_by_words(make_settings: MakeSettings, pool: Pool) -> None:
    """A provider that cannot embed a question takes the vectors away and not the search."""
    settings = make_settings()
    index = await open_index(settings, Stores.over(pool), HashedEmbedder())
    await index.reset()
    await index.replace_patients({1: [CHUNK]})
    failing = await open_index(settings, Stores.over(pool), FailingEmbedder())
    assert [hit.chunk.text for hit in (await failing.search(1, "asthma")).hits] == ["Asthma"]
