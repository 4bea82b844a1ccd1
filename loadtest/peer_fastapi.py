"""The records application as a competent person writes it with the usual tools, to be compared with.

FastAPI on uvicorn with uvloop and httptools, asyncpg with a pool, LanceDB's asynchronous API, and the openai SDK with its
aiohttp transport (its httpx one gives up earlier). The same protocol for what the comparison asks, on the same database and
the same index, asking the same model: patient, session and history from PostgreSQL, the question embedded, a hybrid search
over the patient's passages, a prompt, the answer streamed, the exchange and an audit row written. It has no supervision, no
verification of what the model says, no bounds beyond its libraries' own, and no look-ups in the patient's rows: all that it
leaves out makes it faster.

    uvicorn --factory loadtest.peer_fastapi:make_app --loop uvloop --http httptools --port 8090

reads DATABASE_URL, SMARTHEALTH_DATA, SECRET_KEY, OPENAI_BASE_URL, OPENAI_API_KEY and LLM_MODEL as the server does. It needs
the group `loadtest`.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import jwt
import lancedb
import openai
import orjson
from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException

ISSUER, AUDIENCE = "smarthealth", "smarthealth"
STATUSES = {
    "searching_patient": "🔍 Buscando datos del paciente...",
    "vector_search": "🔍 Búsqueda vectorial...",
    "building_context": "🧠 Construyendo contexto clínico...",
    "generating": "🤖 Generando respuesta...",
}
CODES = {
    1: "CC",
    2: "CE",
    3: "TI",
    4: "PA",
    5: "RC",
    6: "MS",
    7: "AS",
    8: "CD",
    9: "PE",
    10: "PT",
    11: "SC",
    12: "CN",
    13: "DE",
}
PROMPT = "Responde con lo que dicen las fuentes y marca cada afirmación con [n].\n\n{sources}\n\nPregunta: {question}"

FIND_PATIENT = """
select p.id, p.full_name, i.written_as from patient_identifier i join patient p on p.id = i.patient_id
where i.document_type = $1 and i.document_number = $2
"""
OPEN_SESSION = """
insert into chat_session (id, application, user_id) values ($1, 'records', $2)
on conflict (id) do update set used_at = now() returning user_id
"""
HISTORY = "select question, answer from chat_exchange where session_id = $1 order by id desc limit 6"
REMEMBER = "insert into chat_exchange (session_id, patient_id, question, answer, at) values ($1, $2, $3, $4, $5)"
AUDIT = """
insert into audit_entry (event, outcome, application, user_id, patient_id, session_id, duration)
values ('query', 'completed', 'records', $1, $2, $3, $4)
"""


class Services:
    """What the handlers share."""

    pool: asyncpg.Pool
    table: Any
    client: Any  # the SDK's; its types would ask more of this file than the SDK itself does


services = Services()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open everything, and close it."""
    services.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=10)
    index = await lancedb.connect_async(Path(os.environ["SMARTHEALTH_DATA"]) / "index")
    services.table = await index.open_table("chunks")
    services.client = openai.AsyncOpenAI(http_client=openai.DefaultAioHttpClient(timeout=60.0))
    try:
        yield
    finally:
        await services.client.close()
        await services.pool.close()


def make_app() -> FastAPI:
    """The application."""
    app = FastAPI(lifespan=lifespan)
    app.add_api_websocket_route("/ws/chat", chat)
    app.add_api_route("/health", health)
    return app


async def health() -> dict[str, str]:
    """Whether it answers."""
    return {"status": "ok"}


async def chat(websocket: WebSocket) -> None:
    """One connection: several sessions may be answered at once."""
    try:
        claims = jwt.decode(
            websocket.query_params["token"],
            os.environ["SECRET_KEY"],
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
        )
    except (KeyError, jwt.InvalidTokenError):
        raise WebSocketException(1008) from None
    user_id = int(claims["sub"])
    await websocket.accept()
    await send(websocket, {"type": "connected", "user_id": user_id, "message": "Conexión establecida"})
    turns: set[asyncio.Task[None]] = set()
    try:
        while True:
            message = orjson.loads(await websocket.receive_text())
            if message["type"] == "ping":
                await send(websocket, {"type": "pong"})
                continue
            turn = asyncio.create_task(answer(websocket, user_id, message))
            turns.add(turn)
            turn.add_done_callback(turns.discard)
    except WebSocketDisconnect:
        pass
    finally:
        for turn in turns:
            turn.cancel()


async def send(websocket: WebSocket, event: dict[str, Any]) -> None:
    """Send one event."""
    await websocket.send_text(orjson.dumps(event).decode())


async def status(websocket: WebSocket, name: str) -> None:
    """Say which step begins."""
    await send(websocket, {"type": "status", "status": name, "message": STATUSES[name]})


async def answer(websocket: WebSocket, user_id: int, query: dict[str, Any]) -> None:
    """Answer one query."""
    session_id = query["session_id"]
    try:
        async with asyncio.timeout(60):
            await answer_in_time(websocket, user_id, query)
    except TimeoutError:
        await fail(websocket, session_id, "REQUEST_TIMEOUT")
    except openai.OpenAIError:
        await fail(websocket, session_id, "LLM_ERROR")
    except (WebSocketDisconnect, RuntimeError):
        pass  # the client is gone


async def fail(websocket: WebSocket, session_id: str, code: str) -> None:
    """End a query with an error."""
    await send(websocket, {"type": "error", "session_id": session_id, "error": {"code": code, "message": code}})


async def answer_in_time(websocket: WebSocket, user_id: int, query: dict[str, Any]) -> None:
    """The steps of one answer."""
    began = time.monotonic()
    session = uuid.UUID(query["session_id"])
    await status(websocket, "searching_patient")
    async with services.pool.acquire() as connection:
        patient = await connection.fetchrow(FIND_PATIENT, query["document_type_id"], query["document_number"])
        if patient is None:
            await fail(websocket, query["session_id"], "PATIENT_NOT_FOUND")
            return
        await connection.fetchval(OPEN_SESSION, session, user_id)
        history = await connection.fetch(HISTORY, session)
    await status(websocket, "vector_search")
    passages = await search(patient["id"], query["question"])
    await status(websocket, "building_context")
    messages = build_messages(query["question"], passages, history)
    await status(websocket, "generating")
    text, usage = await relay(websocket, query["session_id"], messages)
    async with services.pool.acquire() as connection, connection.transaction():
        await connection.execute(REMEMBER, session, patient["id"], query["question"], text, datetime.now(UTC))
        await connection.execute(AUDIT, user_id, patient["id"], session, time.monotonic() - began)
    await send(websocket, {"type": "stream_end", "session_id": query["session_id"], "timestamp": now()})
    await send(websocket, complete(query, patient, text, passages, usage))


async def search(patient_id: int, question: str) -> list[dict[str, Any]]:
    """The passages of one patient that are nearest to a question, by words and by meaning."""
    embedded = await services.client.embeddings.create(model=os.environ["EMBEDDING_MODEL"], input=question)
    vector = embedded.data[0].embedding
    condition = f"patient_id = {int(patient_id)}"
    near = (await services.table.search(vector, query_type="vector")).where(condition).limit(24).to_list()
    worded = (await services.table.search(question, query_type="fts")).where(condition).limit(24).to_list()
    scores: dict[str, float] = {}
    rows: dict[str, dict[str, Any]] = {}
    for found in await asyncio.gather(near, worded):
        for rank, row in enumerate(found):
            rows[row["id"]] = row
            scores[row["id"]] = scores.get(row["id"], 0.0) + 1 / (60 + rank)
    best = sorted(scores, key=lambda key: -scores[key])[:8]
    return [rows[key] for key in best]


def build_messages(question: str, passages: list[dict[str, Any]], history: list[Any]) -> list[dict[str, str]]:
    """The prompt."""
    sources = "\n".join(f"[{number}] {row['date']} {row['text']}" for number, row in enumerate(passages, start=1))
    earlier = [
        {"role": role, "content": row[field]}
        for row in reversed(history)
        for role, field in (("user", "question"), ("assistant", "answer"))
    ]
    return [*earlier, {"role": "user", "content": PROMPT.format(sources=sources, question=question)}]


async def relay(websocket: WebSocket, session_id: str, messages: list[dict[str, str]]) -> tuple[str, Any]:
    """Pass the model's answer on as it comes."""
    pieces: list[str] = []
    usage = None
    stream = await services.client.chat.completions.create(
        model=os.environ["LLM_MODEL"],
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        usage = chunk.usage or usage
        if chunk.choices and (piece := chunk.choices[0].delta.content):
            if not pieces:
                await send(websocket, {"type": "stream_start", "session_id": session_id, "timestamp": now()})
            pieces.append(piece)
            await send(websocket, {"type": "token", "token": piece, "session_id": session_id})
    return "".join(pieces), usage


def complete(
    query: dict[str, Any], patient: Any, text: str, passages: list[dict[str, Any]], usage: Any
) -> dict[str, Any]:
    """The last message of an answer."""
    return {
        "type": "complete",
        "session_id": query["session_id"],
        "timestamp": now(),
        "patient_info": {
            "patient_id": patient["id"],
            "full_name": patient["full_name"],
            "document_type": CODES[query["document_type_id"]],
            "document_number": patient["written_as"],
        },
        "answer": {"text": text, "confidence": 0.5, "model_used": os.environ["LLM_MODEL"]},
        "metadata": {
            "total_records_analyzed": len(passages),
            "vector_chunks_used": len(passages),
            "sources": [
                {"id": number, "type": row["kind"], "date": str(row["date"]), "excerpt": row["text"][:200]}
                for number, row in enumerate(passages, start=1)
            ],
            "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
            if usage
            else None,
        },
    }


def now() -> str:
    """The time as the protocol writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
