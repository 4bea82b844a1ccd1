"""The search index lost or damaged: it is derived, so questions are answered and it comes back by itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio

if TYPE_CHECKING:
    from tests.endtoend.conftest import CopyData, Eventually, Launch, Message, Server

STRUCTURED = "¿Cuál es el último valor de hemoglobina glicosilada?"
ABSENT = "¿Tiene epilepsia?"
UNHEARD_OF = "¿Le duele la rodilla al subir escaleras?"
SEARCHED = "¿Qué dicen las notas sobre la diabetes?"


async def ask(server: Server, question: str) -> Message:
    """The last message of a turn of its own, after which nothing of it follows.

    An error, if any, is the one for a search that cannot be made; an answer says whether the passages were searched, and that
    something is missing only when they were.
    """
    async with server.chat() as chat:
        last = (await chat.ask(question))[-1]
        await chat.ping()
    if last["type"] == "error":
        assert last["error"]["code"] == "PROCESSING_ERROR"
        assert "búsqueda" in last["error"]["message"]
    elif not last["metadata"]["passages_searched"]:
        assert last["metadata"]["vector_chunks_used"] == 0
        assert "no consta" not in last["answer"]["text"]
    return last


async def whole_again(server: Server, before: Message) -> None:
    """Wait until a question that needs the index is answered as it was, and health is good."""
    with trio.fail_after(40):
        while (last := await ask(server, SEARCHED)).get("answer") != before["answer"]:
            assert last["type"] in ("complete", "error")
            await trio.sleep(0.2)
    server.wait_healthy()


def damage(index: Path) -> None:
    """Overwrite the middle of every file with zeros."""
    for file in index.rglob("*"):
        if file.is_file():
            size = file.stat().st_size
            with file.open("r+b") as opened:
                opened.seek(size // 3)
                opened.write(bytes(size // 3 + 1))


async def test_an_index_removed_while_serving_comes_back(launch: Launch) -> None:
    """Queries are answered from the database alone, with less confidence, or fail; then all is as before."""
    server = launch()
    before = await ask(server, SEARCHED)
    assert before["metadata"]["vector_chunks_used"] > 0
    shutil.rmtree(server.data / "index")
    without = await ask(server, SEARCHED)
    if not without["metadata"]["passages_searched"]:
        assert without["answer"]["confidence"] < before["answer"]["confidence"]
    await ask(server, ABSENT)
    await whole_again(server, before)
    assert (await ask(server, STRUCTURED))["type"] == "complete"
    assert server.process.poll() is None


async def test_nothing_is_said_to_be_missing_while_the_index_cannot_be_made(
    launch: Launch, eventually: Eventually
) -> None:
    """As long as the folder cannot be used, health says so, rows are answered, and what they lack is an error."""
    server = launch()
    before, certain = await ask(server, SEARCHED), await ask(server, STRUCTURED)
    assert "no consta" in (await ask(server, ABSENT))["answer"]["text"]
    shutil.rmtree(server.data / "index")
    (server.data / "index").write_text("in the way")
    await eventually(lambda: server.request("/health").status == 503)
    parts = server.request("/health").json()["parts"]
    assert {name for name, part in parts.items() if part["status"] != "ok"} == {"index"}
    unsure = await ask(server, STRUCTURED)
    assert unsure["answer"]["text"] == certain["answer"]["text"]
    assert unsure["answer"]["confidence"] < certain["answer"]["confidence"]
    assert (await ask(server, ABSENT))["type"] == "error"
    (server.data / "index").unlink()
    await whole_again(server, before)
    assert "no consta" in (await ask(server, ABSENT))["answer"]["text"]


@pytest.mark.parametrize("part", ["_indices", "data", "_versions", "_transactions"])
async def test_an_index_damaged_in_part_comes_back(launch: Launch, part: str) -> None:
    """Files of one kind full of zeros, be it found at opening or in the middle of a search: the answers of before."""
    server = launch()
    before, other = await ask(server, SEARCHED), await ask(server, STRUCTURED)
    damage(server.data / "index" / "chunks.lance" / part)
    for question in (ABSENT, UNHEARD_OF):
        await ask(server, question)
    await whole_again(server, before)
    assert (await ask(server, STRUCTURED))["answer"] == other["answer"]
    assert (await ask(server, UNHEARD_OF))["type"] == "complete"


async def test_an_index_damaged_while_serving_comes_back(launch: Launch) -> None:
    """Files of the index full of zeros: no crash, no nonsense, and soon the answers of before."""
    server = launch()
    before = await ask(server, SEARCHED)
    damage(server.data / "index")
    await ask(server, SEARCHED)
    await whole_again(server, before)
    assert server.process.poll() is None


async def test_an_index_lost_while_stopped_is_made_anew(launch: Launch, copy_data: CopyData) -> None:
    """A server that finds no index, or a damaged one, starts and makes it anew to the same answers."""
    data, other = copy_data(), copy_data()
    shutil.rmtree(data / "index")
    damage(other / "index")
    server = launch(data=data)
    before = await ask(launch(), SEARCHED)
    await whole_again(server, before)
    await whole_again(launch(data=other), before)


async def test_rebuilding_beside_a_server_changes_no_answer(launch: Launch, eventually: Eventually) -> None:
    """`index rebuild` while it serves: every question meanwhile is answered, and afterwards as before."""
    server = launch()
    before = await ask(server, SEARCHED)
    done = trio.Event()

    async def rebuild() -> None:
        result = await trio.to_thread.run_sync(lambda: server.run("index", "rebuild"))
        assert result.returncode == 0, result.stderr
        done.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(rebuild)
        while not done.is_set():
            assert (await ask(server, STRUCTURED))["type"] == "complete"
            await trio.sleep(0.05)
    await whole_again(server, before)
