"""One question and its answer, as seeds/records.md and wire.md have them."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.endtoend.conftest import Message, Server

STAGES = ["searching_patient", "vector_search", "building_context", "generating"]
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
QUESTION = "¿Cómo ha evolucionado la hemoglobina glicosilada?"


def kinds(messages: list[Message]) -> list[str]:
    """The types of messages, runs of tokens as one."""
    found = [str(message["type"]) for message in messages]
    return [kind for before, kind in zip(["", *found], found, strict=False) if not kind == before == "token"]


async def test_a_query_goes_through_its_messages_in_order(server: Server) -> None:
    """Four statuses, the stream with its tokens, and `complete` as the last; each with the fields of the document."""
    session = str(uuid.uuid4())
    async with server.chat() as chat:
        messages = await chat.ask(QUESTION, session)
    assert kinds(messages) == ["status"] * 4 + ["stream_start", "token", "stream_end", "complete"]
    assert [message["status"] for message in messages[:4]] == STAGES
    assert all(message["message"] and message.keys() == {"type", "status", "message"} for message in messages[:4])
    tokens = [message for message in messages if message["type"] == "token"]
    assert all(message.keys() == {"type", "token", "session_id"} for message in tokens)
    assert {message["session_id"] for message in messages[4:]} == {session}
    complete = messages[-1]
    assert complete["answer"]["text"] == "".join(message["token"] for message in tokens)
    assert complete["patient_info"] == {
        "patient_id": complete["patient_info"]["patient_id"],
        "full_name": "Laura Morales",
        "document_type": "CD",
        "document_number": "30995750",
    }
    assert isinstance(complete["patient_info"]["patient_id"], int)
    assert complete["answer"]["model_used"] == "smarthealth-offline"


async def test_timestamps_are_utc_with_milliseconds(server: Server) -> None:
    """Every `timestamp` is ISO 8601 in UTC with milliseconds and `Z`, of now."""
    async with server.chat() as chat:
        messages = await chat.ask(QUESTION)
    stamps = [message["timestamp"] for message in messages if message["type"] in ("stream_start", "stream_end")]
    stamps.append(messages[-1]["timestamp"])
    assert len(stamps) == 3
    assert stamps == sorted(stamps)
    for stamp in stamps:
        assert TIMESTAMP.fullmatch(stamp)
        assert abs(datetime.fromisoformat(stamp) - datetime.now(UTC)) < timedelta(seconds=30)


async def test_an_answer_can_be_traced(server: Server) -> None:
    """Each `[n]` of the text is the id of a source, with type, date, score and excerpt; counts and timings are true."""
    async with server.chat() as chat:
        complete = (await chat.ask(QUESTION))[-1]
    text, metadata = complete["answer"]["text"], complete["metadata"]
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", text)}
    sources = {source["id"]: source for source in metadata["sources"]}
    assert marks
    assert marks <= sources.keys()
    for source in sources.values():
        assert source.keys() >= {"id", "type", "date", "score", "excerpt"}
        assert source["excerpt"]
        assert 0 <= source["score"] <= 1
    assert metadata["total_records_analyzed"] >= len(sources)
    assert metadata["vector_chunks_used"] >= 0
    assert 0 <= complete["answer"]["confidence"] <= 1
    assert metadata["timings_ms"].keys() >= {*STAGES, "total"}
    assert "usage" in metadata


async def test_confidence_is_computed(server: Server) -> None:
    """It goes by the evidence: not the same for all answers, and the same for the same question."""
    questions = [QUESTION, "¿Cuál es su equipo de fútbol favorito?", "¿Qué alergias tiene?", QUESTION]
    async with server.chat() as chat:
        found = [(await chat.ask(question))[-1]["answer"]["confidence"] for question in questions]
    assert found[0] == found[3]
    assert len(set(found)) > 1


async def test_the_answer_is_in_the_language_of_the_question(server: Server) -> None:
    """An English question gets an English answer from the same record."""
    async with server.chat() as chat:
        text = (await chat.ask("How many hemoglobin A1c results are there?"))[-1]["answer"]["text"]
    assert "13" in text
    assert not re.search(r"mediciones|resultados|historia", text)


@pytest.mark.parametrize("written", ["30995750", "30.995.750", " 30 995-750 "])
async def test_document_numbers_are_compared_without_punctuation(server: Server, written: str) -> None:
    """Spaces, dots and hyphens in a number do not matter."""
    async with server.chat() as chat:
        complete = (await chat.ask(QUESTION, document=(8, written)))[-1]
    assert complete["patient_info"]["full_name"] == "Laura Morales"


@pytest.mark.parametrize("document", [(8, "030995750"), (1, "30995750"), (8, "99999999")])
async def test_an_unknown_document_is_patient_not_found(server: Server, document: tuple[int, str]) -> None:
    """Leading zeros and the type count; the error names the document, carries the session and ends the turn."""
    async with server.chat() as chat:
        session = str(uuid.uuid4())
        messages = await chat.ask(QUESTION, session, document)
        code = {1: "CC", 8: "CD"}[document[0]]
        assert kinds(messages) == ["status", "error"]
        assert messages[-1] == {
            "type": "error",
            "session_id": session,
            "error": {
                "code": "PATIENT_NOT_FOUND",
                "message": f"No se encontró paciente con documento {code} {document[1]}",
            },
        }
        await chat.ping()


async def test_the_document_in_the_answer_is_that_asked_for(server: Server) -> None:
    """A patient with several documents is found by each, and the answer names the one asked for."""
    with server.database() as database:
        rows = database.execute(
            "select patient_id, array_agg(document_type), array_agg(document_number) from patient_identifier"
            " group by patient_id having count(*) > 1"
        ).fetchall()
    assert rows
    patient, types, numbers = rows[0]
    async with server.chat() as chat:
        for document in zip(types, numbers, strict=True):
            info = (await chat.ask(QUESTION, document=document))[-1]["patient_info"]
            assert (info["patient_id"], info["document_number"].upper()) == (patient, document[1])


async def test_a_session_remembers_its_patient(server: Server) -> None:
    """A follow-up is understood from the earlier question; with another patient, or in another session, it is not."""
    session = str(uuid.uuid4())
    async with server.chat() as chat:
        await chat.ask("¿Cuál es el último valor de hemoglobina glicosilada?", session)
        followed: dict[str, Any] = (await chat.ask("¿Y el primero?", session))[-1]
        fresh = (await chat.ask("¿Y el primero?"))[-1]
    assert "6.1" in followed["answer"]["text"]
    assert "6.1" not in fresh["answer"]["text"]
