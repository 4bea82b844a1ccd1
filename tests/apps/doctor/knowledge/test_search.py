"""The knowledge base in the real index, with the offline embedding model."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Final

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.doctor.knowledge.search import SHELVES, KnowledgeBase, digest_of_articles
from smarthealth.conversation.application import Language
from smarthealth.llm.errors import ModelError
from smarthealth.retrieval.errors import IndexNotWritten, IndexUnavailable
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.model import Chunk

FEWEST_FOUND: Final = {"questions.tsv": 0.95, "unseen.tsv": 0.75}
"""Share of the questions of a file whose article is among the first three passages. The articles' words were chosen with
the first file at hand; the second was written after them, and no word was chosen for it."""
FIRST: Final = 3


def index_in(folder: Path, origin: str) -> ChunkIndex:
    """An index, not opened yet."""
    return ChunkIndex(folder, HashedEmbedder(), origin=origin, embedding_errors=(ModelError,))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the index of the articles, written by the first test that needs it."""
    return tmp_path_factory.mktemp("knowledge") / "index"


@pytest.fixture
async def knowledge(written: Path) -> KnowledgeBase:
    """The articles, indexed."""
    base = KnowledgeBase(partial(index_in, written))
    await base.prepare()
    return base


@pytest.fixture
def own(written: Path, knowledge: KnowledgeBase, tmp_path: Path) -> Path:
    """An index of the articles that a test may change."""
    return shutil.copytree(written, tmp_path / "index")


def questions_of(file: str) -> list[list[str]]:
    """Article, language and a question in other words than the article's names."""
    text = Path(__file__).with_name(file).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("file", FEWEST_FOUND)
async def test_questions_in_lay_words_find_their_article(knowledge: KnowledgeBase, file: str) -> None:
    """Most questions in words of every day find their article."""
    asked = questions_of(file)
    found = [{one.article for one in await knowledge.find(text, language_of(of), FIRST)} for _, of, text in asked]
    missed = [text for (article, _, text), ids in zip(asked, found, strict=True) if article not in ids]
    assert 1 - len(missed) / len(asked) >= FEWEST_FOUND[file], missed


def language_of(name: str) -> Language:
    """The language of a line."""
    return "es" if name == "es" else "en"


async def test_what_is_found_is_in_the_language_and_cited(knowledge: KnowledgeBase) -> None:
    """A passage has its source, and a score that is a share."""
    found = await knowledge.find("me arde al orinar", "es", FIRST)
    assert found[0].article == "urinary-infection"
    assert {one.language for one in found} == {"es"}
    assert all(0 <= one.score <= 1 and one.url.startswith("https://") for one in found)


async def test_words_that_name_nothing_find_nothing(knowledge: KnowledgeBase) -> None:
    """A question without a word to look for has no passages."""
    assert await knowledge.find("¿y qué?", "es", FIRST) == ()


async def test_an_index_of_these_articles_is_kept(own: Path) -> None:
    """Made anew only when the articles are others."""
    again = Counting(own, HashedEmbedder(), origin=digest_of_articles())
    base = KnowledgeBase(lambda _: again)
    await base.prepare()
    await base.prepare()
    assert again.resets == 0
    other = Counting(own, HashedEmbedder(), origin="others")
    await KnowledgeBase(lambda _: other).prepare()
    assert other.resets == 1


async def test_before_it_is_prepared_it_cannot_be_searched(tmp_path: Path) -> None:
    """Who asks too early hears so."""
    with pytest.raises(IndexUnavailable):
        await KnowledgeBase(partial(index_in, tmp_path)).find("cough", "en", FIRST)


async def test_a_passage_of_other_articles_is_left_out(own: Path) -> None:
    """A row that no article explains is not shown."""
    index = index_in(own, digest_of_articles())
    await index.reopen()
    stranger = Chunk(
        id="stranger",
        patient_id=SHELVES["en"],
        record_id=1,
        kind="article",
        date=None,
        text="zebra crossing",
        names="zebra",
    )
    await index.replace_patient(SHELVES["en"], [stranger])
    base = KnowledgeBase(lambda _: index)
    await base.prepare()
    assert await base.find("zebra", "en", FIRST) == ()


class Counting(ChunkIndex):
    """Counts how often it was made anew."""

    resets = 0

    async def reset(self) -> None:
        """Count."""
        self.resets += 1
        await super().reset()


class Failing(ChunkIndex):
    """Cannot be written for a time."""

    failures = 2

    def __init__(self, folder: Path, origin: str) -> None:
        super().__init__(folder, HashedEmbedder(), origin=origin)
        self.written = trio.Event()

    async def reset(self) -> None:
        """Fail, then not any more."""
        if self.failures:
            self.failures -= 1
            raise IndexNotWritten
        await super().reset()

    async def compact(self) -> None:
        """The last step of writing."""
        await super().compact()
        self.written.set()


async def test_it_is_ready_at_once_and_tries_until_it_is_written(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    """The server does not wait for it, and it does not give up."""
    index = Failing(tmp_path / "index", "articles")
    warmed: list[bool] = []
    base = KnowledgeBase(lambda _: index, lambda: warmed.append(True))
    with capture_logs() as logs:
        async with open_system("test") as system:
            await system.start_child(ChildSpec(name="knowledge", start=base.serve))
            await index.written.wait()
            system.stop()
    assert warmed == [True]
    assert [log["error"] for log in logs if log["event"] == "knowledge_not_indexed"] == ["IndexNotWritten"] * 2
    assert {one.article for one in await base.find("cough", "en", FIRST)} >= {"cough"}
