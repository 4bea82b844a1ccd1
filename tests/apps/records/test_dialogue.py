"""What the records application does with a client's messages."""

from __future__ import annotations

import json
from uuid import UUID

import attrs
import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from smarthealth.apps.records import texts
from smarthealth.apps.records.dialogue import AUDIT_LIMIT, RecordsDialogue
from smarthealth.apps.records.turn import QueryTurn
from smarthealth.apps.records.wire import CODEC, Connected, ErrorDetail, Event, Failed, Pong
from smarthealth.conversation.application import Principal, Turn
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.storage.errors import StorageUnavailable
from tests.apps.records.conftest import SESSION, World

QUERY = json.dumps(
    {
        "type": "query",
        "session_id": SESSION,
        "document_type_id": 8,
        "document_number": "30995750",
        "question": "¿Cuál es el historial médico?",
    }
)
CLINICIAN = Principal(user_id=7, email=None, name=None, role="clinician", expires_at=2e9)


@attrs.define(eq=False)
class MemoryLink:
    """A connection that starts no turns, or refuses to."""

    principal: Principal | None = CLINICIAN
    connection_id: str = "c"
    address: str | None = "192.0.2.7"
    refusal: TurnRefused | None = None
    events: list[Event] = attrs.field(factory=list)
    turns: list[Turn[Event]] = attrs.field(factory=list)

    def sign_in(self, principal: Principal) -> None:
        """Change who is there."""
        self.principal = principal

    def reply(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)

    async def start_turn(self, turn: Turn[Event], *, urgent: bool = False) -> None:
        """Keep it, or refuse."""
        if self.refusal is not None:
            raise self.refusal
        self.turns.append(turn)

    def cancel_turn(self, key: str) -> bool:
        """There is none."""
        return False

    def close(self, code: int, reason: str) -> None:
        """Stay."""

    @property
    def errors(self) -> list[tuple[object, ErrorDetail]]:
        """Sessions and errors of what was refused."""
        return [(event.session_id, event.error) for event in self.events if isinstance(event, Failed)]


def open_dialogue(world: World, **link: object) -> tuple[MemoryLink, RecordsDialogue]:
    """A dialogue on a connection."""
    memory_link = MemoryLink(**link)  # type: ignore[arg-type]  # of the right types, by name
    return memory_link, RecordsDialogue(world.services, memory_link)


def test_the_greeting_names_the_user(world: World) -> None:
    """`connected` goes out first, with the number of who signed in."""
    link, dialogue = open_dialogue(world)
    dialogue.opened()
    assert link.events == [Connected(user_id=7, message="✅ Conectado exitosamente al chat médico")]


def test_nobody_talks_without_signing_in(world: World) -> None:
    """An endpoint that let somebody in without a token is a mistake of ours."""
    with pytest.raises(RuntimeError):
        open_dialogue(world, principal=None)


async def test_a_ping_has_its_pong(world: World) -> None:
    """And leaves no row in the audit."""
    link, dialogue = open_dialogue(world)
    await dialogue.received('{"type": "ping"}')
    assert link.events == [Pong()]
    assert not world.audit.entries


async def test_queries_become_turns_by_number(world: World) -> None:
    """Each query is a turn, named by its actor's path, and counted for its user."""
    link, dialogue = open_dialogue(world)
    await dialogue.received(QUERY)
    link.refusal = TurnBusy()
    await dialogue.received(QUERY)
    link.refusal = None
    await dialogue.received(QUERY)
    assert [turn.turn_id for turn in link.turns if isinstance(turn, QueryTurn)] == ["c/query/1", "c/query/2"]
    assert world.limiter.asked == [7, 7, 7]


@pytest.mark.parametrize(
    ("refusal", "detail"),
    [
        (TurnBusy(), texts.SESSION_BUSY),
        (TooManyTurns(), texts.TOO_MANY_REQUESTS),
        (ServerDraining(), texts.GOING_AWAY),
        (TurnRefused(), texts.FAILED),
    ],
)
async def test_a_refused_turn_is_told_with_its_session(refusal: TurnRefused, detail: ErrorDetail, world: World) -> None:
    """The client hears why, for which session, and the audit keeps it."""
    link, dialogue = open_dialogue(world, refusal=refusal)
    await dialogue.received(QUERY)
    assert link.errors == [(SESSION, detail)]
    assert world.audit.outcomes == [("refusal", detail.code.value)]
    (entry,) = world.audit.entries
    assert (entry.user_id, entry.address, entry.session_id) == (7, "192.0.2.7", UUID(SESSION))
    assert world.telemetry.errors == [detail.code.value]


async def test_who_asks_too_often_is_told_when_to_come_back(world: World) -> None:
    """RATE_LIMITED names the seconds, and no turn starts."""
    link, dialogue = open_dialogue(world)
    world.limiter.retry_after = 12.0
    await dialogue.received(QUERY)
    assert link.errors == [(SESSION, texts.rate_limited(12.0))]
    assert not link.turns


async def test_a_bad_query_is_refused_with_its_session(world: World) -> None:
    """A query whose session can be read is told with it, whatever else is wrong, and audited with it."""
    link, dialogue = open_dialogue(world)
    await dialogue.received(json.dumps({"type": "query", "session_id": SESSION, "document_type_id": 14}))
    ((session_id, detail),) = link.errors
    assert (session_id, detail.code.value) == (SESSION, "INVALID_REQUEST")
    assert [str(entry.session_id) for entry in world.audit.entries] == [SESSION]


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("", "INVALID_REQUEST", "JSON"),
        ("[]", "INVALID_REQUEST", "objeto"),
        ('{"type": "query"}', "INVALID_REQUEST", "session_id"),
        ('{"question": "?"}', "INVALID_REQUEST", "type"),
        ('{"type": "query", "session_id": "mine"}', "INVALID_REQUEST", "document"),
        ('{"type": "cancel"}', "UNKNOWN_MESSAGE_TYPE", "type"),
    ],
)
async def test_bad_messages_are_refused_by_name(text: str, code: str, word: str, world: World) -> None:
    """What is no message gets its error, without a session, and the dialogue goes on."""
    link, dialogue = open_dialogue(world)
    await dialogue.received(text)
    ((_, detail),) = link.errors
    assert detail.code.value == code
    assert word in detail.message
    assert "session_id" not in json.loads(CODEC.encode(link.events[0]))
    assert world.audit.outcomes == [("refusal", code)]
    await dialogue.received('{"type": "ping"}')
    assert link.events[-1] == Pong()


@pytest.mark.parametrize("slow", [False, True])
async def test_a_lost_row_of_a_refusal_is_logged(slow: bool, world: World, autojump_clock: MockClock) -> None:
    """A database that fails or hangs holds up the next message for a moment only, and the loss is noticed."""
    link, dialogue = open_dialogue(world)
    if slow:
        world.audit.trouble.delay = 1000.0
    else:
        world.audit.trouble.error = StorageUnavailable("down")
    with capture_logs() as logs:
        await dialogue.received("{}")
    assert trio.current_time() == (AUDIT_LIMIT if slow else 0.0)
    assert [(entry["event"], entry["outcome"]) for entry in logs] == [("audit_lost", "INVALID_REQUEST")]
    assert len(link.errors) == 1
