"""What clients may send that is no good message: one error each, and the connection stays usable."""

from __future__ import annotations

import json
import random
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import trio

from smarthealth.testing.raw_peer import BINARY, CONTINUATION, PING, PONG, TEXT, RawPeer, close_frame, frame

if TYPE_CHECKING:
    from tests.endtoend.conftest import Chat, Message, Server

KIB = 1024
FRAME_LIMIT = 64 * KIB
NOT_MESSAGES = [
    "",
    " ",
    "hola",
    "{",
    "[]",
    "null",
    "true",
    "3",
    '"query"',
    '{"type":"ping"',
    '{"type":"ping"} x',
    "NaN",
    '{"type":"ping","at":NaN}',
    '{"type":"ping","at":Infinity}',
    '{"at":' + "9" * 5000 + "}",
    "[" * 30_000,
    '{"a":' * 10_000,
    "\ufeff" + '{"type":"ping"}',
    '{"type":null}',
    '{"type":3}',
    '{"type":["ping"]}',
    "{}",
    '{"tipo":"ping"}',
    '{"type":"query"}',
]
GOOD: dict[str, Any] = {
    "type": "query",
    "session_id": "11111111-2222-4333-8444-555555555555",
    "document_type_id": 8,
    "document_number": "30995750",
    "question": "¿Qué alergias tiene?",
}
BAD_FIELDS: list[tuple[str, Any]] = [
    ("session_id", "no-uuid"),
    ("session_id", ""),
    ("session_id", 7),
    ("session_id", None),
    ("document_type_id", 0),
    ("document_type_id", 14),
    ("document_type_id", -1),
    ("document_type_id", "8"),
    ("document_type_id", 8.5),
    ("document_type_id", True),
    ("document_type_id", None),
    ("document_type_id", 10**30),
    ("document_number", ""),
    ("document_number", "   "),
    ("document_number", "-.-"),
    ("document_number", 30995750),
    ("document_number", "9" * 500),
    ("document_number", None),
    ("question", ""),
    ("question", " \n\t"),
    ("question", 42),
    ("question", ["a"]),
    ("question", "x" * 4001),
    ("question", "\ud800"),
    ("question", "\0"),
    ("question", None),
]


def is_error(message: Message, code: str) -> bool:
    """Whether it is the protocol's error with this code, and nothing of our insides."""
    error = message.get("error", {})
    words = str(error.get("message", ""))
    leaks = any(leak in words for leak in ("Traceback", "Error(", ".py", "/", "SELECT", "select "))
    return message.get("type") == "error" and error.get("code") == code and 0 < len(words) < 300 and not leaks


async def refused(chat: Chat, text: str) -> Message:
    """The one reply to a message, which is followed by none other."""
    await chat.send_text(text)
    await chat.send(type="ping")
    reply = await chat.receive()
    assert await chat.receive() == {"type": "pong"}
    return reply


async def test_what_is_no_message_is_an_invalid_request(server: Server) -> None:
    """Not JSON, not an object, no type: INVALID_REQUEST, one for each, and a ping is still answered."""
    async with server.chat() as chat:
        for text in NOT_MESSAGES:
            reply = await refused(chat, text)
            assert is_error(reply, "INVALID_REQUEST"), (text[:50], reply)


async def test_an_unknown_type_is_told_apart(server: Server) -> None:
    """A type that is not in the protocol is UNKNOWN_MESSAGE_TYPE, a server's own type included."""
    async with server.chat() as chat:
        for name in ("consulta", "QUERY", "connected", "token", "", "cancel", "__proto__"):
            assert is_error(await refused(chat, json.dumps({"type": name})), "UNKNOWN_MESSAGE_TYPE"), name


@pytest.mark.parametrize("name", [name for name in GOOD if name != "type"])
async def test_a_missing_field_is_named(server: Server, name: str) -> None:
    """INVALID_REQUEST says which field is missing."""
    async with server.chat() as chat:
        reply = await refused(chat, json.dumps({key: value for key, value in GOOD.items() if key != name}))
        assert is_error(reply, "INVALID_REQUEST")
        assert name in reply["error"]["message"]


async def test_a_malformed_field_is_named(server: Server) -> None:
    """INVALID_REQUEST says which field is wrong: type, range, length, UUID, document type outside the table."""
    async with server.chat() as chat:
        for name, value in BAD_FIELDS:
            reply = await refused(chat, json.dumps({**GOOD, name: value}))
            assert is_error(reply, "INVALID_REQUEST"), (name, value, reply)
            if value != "\ud800":
                assert name in reply["error"]["message"], (name, value, reply)


async def test_unknown_fields_and_nulls_of_unknown_fields_are_ignored(server: Server) -> None:
    """A newer client's fields do not matter, null or not; the order of fields neither."""
    async with server.chat() as chat:
        session = str(uuid.uuid4())
        extra = {"zoom": None, "history": [1, {"a": None}], **dict(reversed(GOOD.items())), "session_id": session}
        await chat.send(**extra)
        assert (await chat.turn())[-1]["type"] == "complete"
        await chat.send(type="ping", at=1, note=None)
        assert await chat.receive() == {"type": "pong"}


async def test_session_ids_may_be_spelled_in_any_case(server: Server) -> None:
    """A UUID in capitals names the same session, and is given back as it was written."""
    session = str(uuid.uuid4())
    async with server.chat() as chat:
        await chat.ask("¿Cuál es el último valor de hemoglobina glicosilada?", session)
        messages = await chat.ask("¿Y el primero?", session.upper())
    assert {message.get("session_id", session.upper()) for message in messages} == {session.upper()}
    assert "6.1" in messages[-1]["answer"]["text"]


async def test_hundreds_of_hostile_frames_get_one_error_each(server: Server) -> None:
    """Valid messages with bytes changed, cut and spliced: one error or one proper answer each, then all is as before."""
    chance = random.Random(20261121)  # a fixed seed: the same frames each time
    texts = [_damaged(chance, json.dumps(GOOD, ensure_ascii=False)) for _ in range(400)]
    async with server.chat() as chat:
        for text in texts:
            await chat.send_text(text)
            reply = await chat.receive()
            if reply["type"] == "status":  # what was changed did not matter
                reply = (await chat.turn())[-1]
            assert reply["type"] in ("error", "pong", "complete"), (text, reply)
            if reply["type"] == "error":
                assert is_error(reply, reply["error"]["code"]), (text, reply)
                assert reply["error"]["code"] != "PROCESSING_ERROR", text
        await chat.ping()
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"


def _damaged(chance: random.Random, text: str) -> str:
    match chance.randrange(4):
        case 0:
            place = chance.randrange(len(text))
            return text[:place] + chance.choice('{}[]",:\\0\x00\U0001f600 é') + text[place + 1 :]
        case 1:
            return text[: chance.randrange(len(text))]
        case 2:
            start, end = sorted(chance.sample(range(len(text)), 2))
            return text[:start] + text[end:]
        case _:
            name = chance.choice(list(GOOD))
            value: object = chance.choice(
                [None, True, -1, 1e308, "", "\u0000", [], {}, "ping", [[[]]], {"type": "ping"}]
            )
            return json.dumps({**GOOD, name: value})


async def test_odd_but_valid_questions_are_answered(server: Server) -> None:
    """Emoji, right-to-left marks, SQL and markup in a question are text like any other."""
    odd = ["😀 ¿alergias?", "'; drop table patient; --", "<script>alert(1)</script>", "\u202e ¿alergias?", "%s {0} \\"]
    async with server.chat() as chat:
        for question in odd:
            assert (await chat.ask(question))[-1]["type"] == "complete", question


async def connect(server: Server, peer: RawPeer) -> None:
    """Upgrade and be greeted."""
    head = await peer.upgrade("/ws/chat", [("Authorization", f"Bearer {server.token()}")])
    assert head.startswith("HTTP/1.1 101")
    assert json.loads(await peer.read_text())["type"] == "connected"


async def closing(server: Server, *sent: bytes) -> int:
    """The close code that these bytes lead to."""
    with trio.fail_after(10):
        async with server.raw() as peer:
            await connect(server, peer)
            for data in sent:
                await peer.send(data)
            return (await peer.read_close())[0]


async def test_binary_is_refused(server: Server) -> None:
    """A binary frame ends the connection with 1003."""
    assert await closing(server, frame(BINARY, b"\0\1")) == 1003


async def test_a_frame_too_big_is_1009(server: Server) -> None:
    """A message over the limit ends in 1009, whole or in fragments, and however long it says it will be."""
    big = b" " * (FRAME_LIMIT + 1)
    assert await closing(server, frame(TEXT, big)) == 1009
    half = frame(TEXT, big[: len(big) // 2], fin=False), frame(CONTINUATION, big[len(big) // 2 :])
    assert await closing(server, *half) == 1009
    assert await closing(server, b"\x81\xff" + (2**62).to_bytes(8, "big") + bytes(4) + b"a" * (FRAME_LIMIT + 1)) == 1009
    endless = frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 5000
    assert await closing(server, endless) == 1009


async def test_a_frame_of_the_limit_is_read(server: Server) -> None:
    """A message of exactly the limit gets the protocol's answer, in one frame or in many."""
    text = json.dumps({"type": "ping", "pad": ""}).encode()
    text = text[:-2] + b"x" * (FRAME_LIMIT - len(text)) + text[-2:]
    pieces = [text[start : start + 1000] for start in range(0, len(text), 1000)]
    fragments = [frame(TEXT if not index else CONTINUATION, piece, fin=False) for index, piece in enumerate(pieces)]
    with trio.fail_after(10):
        async with server.raw() as peer:
            await connect(server, peer)
            await peer.send(frame(TEXT, text))
            assert json.loads(await peer.read_text()) == {"type": "pong"}
            await peer.send(b"".join(fragments) + frame(PING, b"between") + frame(CONTINUATION, b""))
            assert (await peer.read_frame()).opcode == PONG
            assert json.loads(await peer.read_text()) == {"type": "pong"}


async def test_invalid_utf8_is_1007(server: Server) -> None:
    """Text that is not UTF-8 ends the connection with 1007, also when the fault is at a fragment's edge."""
    assert await closing(server, frame(TEXT, b'{"type":"\xff"}')) == 1007
    assert await closing(server, frame(TEXT, b"\xe2\x82", fin=False), frame(CONTINUATION, b"")) == 1007


async def test_broken_frames_are_1002(server: Server) -> None:
    """Reserved bits, unknown opcodes, unmasked frames and lone continuations break the protocol: 1002."""
    for broken in (b"\xc1\x80" + bytes(4), b"\x83\x80" + bytes(4), b"\x81\x02{}", frame(CONTINUATION, b"x")):
        assert await closing(server, broken) == 1002


async def test_a_client_that_closes_is_answered(server: Server) -> None:
    """A close frame is answered with its code, and the server goes on."""
    assert await closing(server, close_frame(1000, "adiós")) == 1000
    assert await closing(server, close_frame(4000)) == 4000
    async with server.chat() as chat:
        await chat.ping()


async def test_bytes_in_the_segment_of_the_upgrade_are_read(server: Server) -> None:
    """A client may send its first message together with the handshake; the server answers it and lives."""
    early = frame(TEXT, b'{"type":"ping"}') + frame(TEXT, b'{"type":')[:4]
    with trio.fail_after(10):
        async with server.raw() as peer:
            head = await peer.upgrade("/ws/chat", [("Authorization", f"Bearer {server.token()}")], early=early)
            assert head.startswith("HTTP/1.1 101")
            assert [json.loads(await peer.read_text())["type"] for _ in range(2)] == ["connected", "pong"]
            await peer.send(frame(TEXT, b'{"type":')[4:])
            assert json.loads(await peer.read_text())["error"]["code"] == "INVALID_REQUEST"
    assert server.process.poll() is None


async def test_bytes_after_a_refused_upgrade_do_no_harm(server: Server) -> None:
    """Early bytes of a client that is refused are thrown away, and its refusal arrives."""
    with trio.fail_after(10):
        async with server.raw() as peer:
            head = await peer.upgrade("/ws/chat", early=frame(TEXT, b"x" * 60_000) * 4)
            assert head.startswith("HTTP/1.1 401")
    assert server.process.poll() is None


async def test_a_client_that_vanishes_in_the_middle_does_no_harm(server: Server) -> None:
    """A TCP reset during a turn, a handshake and a frame costs nobody else anything."""
    question = json.dumps({**GOOD, "session_id": str(uuid.uuid4())}).encode()
    for sent in (frame(TEXT, question), frame(TEXT, question)[:20]):
        async with server.raw() as peer:
            await connect(server, peer)
            await peer.send(sent)
            await peer.reset()
    async with server.raw() as peer:
        await peer.send(b"GET /ws/chat HTTP/1.1\r\nHost: x\r\nUpgr")
        await peer.reset()
    async with server.chat() as chat:
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"
